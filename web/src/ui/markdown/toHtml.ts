/**
 * What people write, as HTML: a part of Markdown. What comes out of the renderer is sanitised, and not what goes in: only then is
 * everything seen that the renderer builds.
 */
import DOMPurify from "dompurify";
import { Marked, type Tokens } from "marked";

const NOTHING = () => undefined;
/** What begins the address of a picture that belongs to what is shown: the id comes after it. */
const OWN = "media:";

/** The addresses of these pictures by their ids, while something is rendered that has some. */
let pictures: Pictures | null = null;
/** What one of them is called that has no name. */
let unnamed = "";

export type Pictures = Readonly<Record<string, string>>;

const marked = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  tokenizer: {
    // Left out: what a message has no room for stays as it was written.
    heading: NOTHING,
    lheading: NOTHING,
    hr: NOTHING,
    html: NOTHING,
    table: NOTHING,
    def: NOTHING,
    tag: NOTHING,
    reflink: NOTHING,
  },
  renderer: {
    // Pictures of others would tell their server who reads: a link says where it leads.
    image({ href, text }: Tokens.Image) {
      if (href.startsWith(OWN) && pictures)
        return `<img src="${escaped(href)}" alt="${escaped(text || unnamed)}">`;
      return `<a href="${escaped(href)}">${escaped(text || href)}</a>`;
    },
    checkbox: ({ checked }: Tokens.Checkbox): string => (checked ? "☑ " : "☐ "),
  },
});

const purify = DOMPurify(window);

const ALLOWED = {
  ALLOWED_TAGS: ["p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "a", "blockquote"],
  ALLOWED_ATTR: ["href", "start"] as string[],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|\/(?![/\\]))/i,
  ADD_URI_SAFE_ATTR: ["start"], // a number, and no address
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

const WITH_PICTURES = {
  ...ALLOWED,
  ALLOWED_TAGS: [...ALLOWED.ALLOWED_TAGS, "img"],
  ALLOWED_ATTR: [...ALLOWED.ALLOWED_ATTR, "src", "alt"],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|\/(?![/\\])|media:)/i,
};

purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName === "IMG") {
    // Only now does it get an address, and only one that came with the text: nothing else is ever fetched.
    const address = pictures?.[node.getAttribute("src")?.slice(OWN.length) ?? ""];
    if (address) node.setAttribute("src", address);
    else node.remove();
    return;
  }
  if (node.nodeName !== "A") return;
  if (!node.hasAttribute("href")) return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

/** Somebody whom a message mentions, by the name that stands in it after an @. */
export type Mentioned = Readonly<{ name: string; isMe: boolean }>;

export type Shown = Readonly<{
  /** The text's own pictures, which it names as `media:<id>`. Without them it shows none. */
  pictures?: Pictures | undefined;
  /** What one of them is called, for those who listen, that was given no name. */
  noName?: string | undefined;
  /** Whose names are put into `<mark>`. */
  mentioned?: readonly Mentioned[] | undefined;
}>;

/** `text` as HTML that is safe to show. */
export function toHtml(text: string, { pictures: own, noName = "", mentioned = [] }: Shown = {}): string {
  const html = sanitised(text, own ?? null, noName);
  if (mentioned.length === 0) return html;
  const written = document.createElement("template");
  written.innerHTML = html;
  mark(written.content, mentioned);
  return written.innerHTML;
}

function sanitised(text: string, own: Pictures | null, noName: string): string {
  pictures = own;
  unnamed = noName;
  try {
    return purify.sanitize(marked.parse(text) as string, own ? WITH_PICTURES : ALLOWED);
  } finally {
    pictures = null;
  }
}

/** Puts names into elements of their own, but for those in code and in links. */
function mark(written: DocumentFragment, mentioned: readonly Mentioned[]): void {
  const isMe = new Map(mentioned.map((one) => [`@${one.name}`, one.isMe]));
  const longestFirst = [...isMe.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(${longestFirst.map(literally).join("|")})`, "u");
  const texts = document.createTreeWalker(written, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (texts.nextNode()) found.push(texts.currentNode as Text);
  for (const node of found) {
    if (node.parentElement?.closest("code, a")) continue;
    const parts = node.data.split(pattern);
    if (parts.length > 1) node.replaceWith(...parts.map((part) => named(part, isMe.get(part))));
  }
}

function named(part: string, isMe: boolean | undefined): string | HTMLElement {
  if (isMe === undefined) return part;
  const name = document.createElement("mark");
  name.textContent = part;
  if (isMe) name.dataset.me = "";
  return name;
}

function literally(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

/** The words of `text`, for a line that has no room for more. */
export function toPlain(text: string): string {
  const paper = document.createElement("template");
  paper.innerHTML = toHtml(text); // inert: nothing in a template is fetched or run
  return paper.content.textContent.replace(/\s+/g, " ").trim();
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
