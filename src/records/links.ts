/** placeholder signatures; the real module follows */
export function extractLinks(text: string): string[] {
  return text.match(/https?:\/\/\S+/gi) ?? [];
}
