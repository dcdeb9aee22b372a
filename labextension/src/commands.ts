/** Ids of our commands. */
export const CommandIDs = {
  showChats: 'jupyter-sessions:show-chats',
  newProject: 'jupyter-sessions:new-project',
  newSession: 'jupyter-sessions:new-session',
  openSession: 'jupyter-sessions:open-session',
  exportSession: 'jupyter-sessions:export-session',
  interrupt: 'jupyter-sessions:interrupt',
  focusComposer: 'jupyter-sessions:focus-composer'
} as const;

/** Arguments schema of a command without arguments. */
export const NO_ARGS = { args: { type: 'object', properties: {} } } as const;
