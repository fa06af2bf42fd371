// [name, ground, ratio] of every colour of text on every ground, WCAG 2.2 §1.4.3.
(() => {
  const channel = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = (name) => {
    document.body.style.color = `var(--${name})`;
    const found = getComputedStyle(document.body).color.match(/\d+/g).map(Number);
    document.body.style.color = '';
    return light(found);
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const texts = ['ink', 'quiet', 'link', 'good', 'bad', 'open'];
  return texts.flatMap((text) => ['paper', 'box'].map((ground) => [text, ground, ratio(colour(text), colour(ground))]));
})();
