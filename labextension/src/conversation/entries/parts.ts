/** A message in pieces: what is fenced is code, the rest stays as it was typed. */
export function partsOf(message: string): { code: boolean; text: string }[] {
  const pieces = message.trim().split(/^(?:```|~~~)[^\n]*\n?/m);
  return pieces
    .map((text, index) => ({ code: index % 2 === 1, text: text.replace(/\n$/, '') }))
    .filter(({ text }) => text !== '');
}
