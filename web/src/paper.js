// What is folded on the screen is unfolded on paper, but for what is very long.

/** Open every folded part before printing, and fold it again afterwards. */
export function bindPaper() {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open], .as-shown)")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
    folded = [];
  });
}
