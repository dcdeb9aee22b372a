/** Id of the widget of a session. */
export function widgetId(session: string): string {
  return `jupyter-sessions-conversation-${session}`;
}
