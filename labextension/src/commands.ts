/** Ids of our commands. */
export const CommandIDs = {
  showChats: 'jupyter-sessions:show-chats',
  newProject: 'jupyter-sessions:new-project',
  newSession: 'jupyter-sessions:new-session',
  newChat: 'jupyter-sessions:new-chat',
  openSession: 'jupyter-sessions:open-session',
  openProject: 'jupyter-sessions:open-project',
  compare: 'jupyter-sessions:compare',
  openModels: 'jupyter-sessions:open-models',
  diff: 'jupyter-sessions:diff',
  compareBranches: 'jupyter-sessions:compare-branches',
  openMerge: 'jupyter-sessions:open-merge',
  reviewRun: 'jupyter-sessions:review-run',
  interrupt: 'jupyter-sessions:interrupt',
  focusComposer: 'jupyter-sessions:focus-composer',
  showResults: 'jupyter-sessions:show-key-results',
  promoteOutput: 'jupyter-sessions:promote-output',
  newBranch: 'jupyter-sessions:new-branch',
  switchBranch: 'jupyter-sessions:switch-branch',
  renameBranch: 'jupyter-sessions:rename-branch',
  fork: 'jupyter-sessions:fork',
  peek: 'jupyter-sessions:peek',
  revive: 'jupyter-sessions:revive',
  runVariants: 'jupyter-sessions:run-variants',
  showVariables: 'jupyter-sessions:show-variables',
  showAuthors: 'jupyter-sessions:show-authors',
  openBranches: 'jupyter-sessions:open-branches',
  notebookHistory: 'jupyter-sessions:notebook-history',
  mergeBranch: 'jupyter-sessions:merge-branch'
} as const;

/** Arguments schema of a command without arguments. */
export const NO_ARGS = { args: { type: 'object', properties: {} } } as const;
