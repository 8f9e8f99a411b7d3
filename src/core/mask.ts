// What must not be read over a shoulder or in a CI log. Pure.

/** The text with user and password taken out of the URLs in it. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/(?<=\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/g, "…@");
}
