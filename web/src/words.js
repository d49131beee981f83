// Sentences in the report's language, with numbers that stay whole in right-to-left text.

const FIRST = "\u2066";
const LAST = "\u2069";
const NUMBERS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Return a speaker for the words that the report carries. */
export function speaker(words) {
  const arabic = words.lang === "ar";
  const plural = new Intl.PluralRules(words.lang);

  /** Return a number, a code or a time as one piece. */
  const whole = (value) => {
    const text = typeof value === "number" ? NUMBERS.format(Math.round(value)) : String(value);
    return arabic && !text.startsWith(FIRST) ? FIRST + text + LAST : text;
  };

  /** Return the sentence of that key with numbers and codes in its places. */
  const say = (key, values = {}) => {
    let message = words.say[key];
    if (typeof message !== "string") {
      message = message[plural.select(Math.round(values.n))] ?? message.other;
    }
    return message.replace(/\{(\w+)\}/g, (_, name) =>
      typeof values[name] === "object" ? values[name].said : whole(values[name]),
    );
  };

  /** Mark words that are ready to stand in a sentence. */
  const said = (text) => ({ said: text });

  return { say, said, whole };
}
