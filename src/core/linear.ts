// Which regular expressions are searched in a time that grows with the text alone.

/**
 * False for a pattern that the JavaScript engine cannot promise to search in linear time: one with look-around, a back reference,
 * an inline flag, or a counted repetition of more than some 16. Its flag `l` tells (V8's experimental engine); true where that
 * flag is not switched on, or the pattern is none at all.
 */
export function isLinear(source: string): boolean {
  return !takesLinearFlag("a") || takesLinearFlag(source) || !isPattern(source);
}

/** What to say about a pattern that is not. */
export const linearRemedy =
  "Write it without look-around, back references, inline flags and counts above 16: a+ instead of a{1,100}.";

/** Named, for it is no flag of the language. */
const linear = "l";

function takesLinearFlag(source: string): boolean {
  try {
    void new RegExp(source, linear);
    return true;
  } catch {
    return false;
  }
}

function isPattern(source: string): boolean {
  try {
    void new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
