// Gradio's own words follow the browser's language and are partly written into its code: here they follow the page's.
(({ language, words, patterns }) => {
  for (const [name, value] of [["language", language], ["languages", [language]]])
    Object.defineProperty(navigator, name, { get: () => value });
  const starts = Object.entries(patterns);
  const problem = /^(?:\w* ?Error: )?HTTP \d+: (\{.*\})$/s; // an upload that was refused: the answer as it came

  const translated = (said) => {
    const key = said.trim();
    if (Object.hasOwn(words, key)) return words[key];
    const start = starts.find(([begin]) => key.startsWith(begin));
    if (start) return start[1].replace("{name}", key.slice(start[0].length));
    try {
      return JSON.parse(problem.exec(key)?.[1] ?? "{}").detail ?? said;
    } catch {
      return said;
    }
  };
  const attributes = ["aria-label", "title", "placeholder", "alt"];
  const translate = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement?.closest("script, style")) return;
      const better = translated(node.data);
      if (better !== node.data) node.data = better;
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of attributes) {
        const said = node.getAttribute(name);
        if (said && translated(said) !== said) node.setAttribute(name, translated(said));
      }
      node.childNodes.forEach(translate);
    }
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes)
      if (type === "childList") addedNodes.forEach(translate);
      else translate(target);
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes,
  });
})(WORDS);
