// Text as it is, and harmless: whatever a line holds is put into text nodes, and what would move or
// hide the text around it is written out.

const SPELT_OUT =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

// A node for `text`: one text node for most lines, marks between them for control characters.
export function shown(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(SPELT_OUT)) {
    fragment.append(text.slice(end, found.index), mark(found[0]));
    end = found.index + found[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

function mark(character) {
  const code = character.codePointAt(0);
  const node = document.createElement("span");
  node.className = "control";
  node.textContent =
    code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "␡" : hexadecimal(code);
  node.title = `control character ${hexadecimal(code)}`;
  return node;
}

function hexadecimal(code) {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
