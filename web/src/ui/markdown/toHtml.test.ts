import { describe, expect, it } from "vitest";
import { toHtml, toPlain } from "./toHtml";

it.each([
  ["**굵게**", "<strong>굵게</strong>"],
  ["*기울임*", "<em>기울임</em>"],
  ["`코드`", "<code>코드</code>"],
  ["- 하나\n- 둘", "<li>하나</li>"],
  ["3. 셋", '<ol start="3">'],
  ["> 인용", "<blockquote>"],
  ["하나\n둘", "하나<br>둘"],
  ["# 제목", "<p># 제목</p>"],
  ["1 < 2 & 3", "1 &lt; 2 &amp; 3"],
  ["<b>글자</b>", "&lt;b&gt;글자&lt;/b&gt;"],
])("makes of %s: %s", (written, part) => {
  expect(toHtml(written)).toContain(part);
});

it("opens links elsewhere, without a word of where they were", () => {
  for (const written of ["[안내](https://example.org)", "https://example.org", "<https://example.org>"])
    expect(toHtml(written)).toMatch(
      /<a [^>]*href="https:\/\/example\.org"[^>]*target="_blank" rel="noopener noreferrer nofollow"/,
    );
});

it.each([
  "[a](javascript:alert(1))",
  "[a](JAVASCRIPT:alert(1))",
  "[a](java\tscript:alert(1))",
  "[a](&#106;avascript:alert(1))",
  "[a](data:text/html;base64,PHNjcmlwdD4=)",
  "[a](vbscript:x)",
  '[a](https://e.org "x" onclick=alert(1))',
  '[a](https://e.org "\\" onclick=alert(1) x=\\"")',
  "[[a](javascript:1)](https://e.org)",
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "![x](javascript:alert(1))",
  '![" onerror="alert(1)](https://e.org/x.png)',
  "<svg/onload=alert(1)>",
  "<math><mtext></p><style><img src onerror=alert(1)>",
  "<a href='javascript:alert(1)'>x</a>",
  "<javascript:alert(1)>",
  "//evil.example/x\n[x](//evil.example)",
])("lets nothing through of %s", (written) => {
  const paper = document.createElement("template");
  paper.innerHTML = toHtml(written);
  const elements = [...paper.content.querySelectorAll("*")];
  expect(
    elements
      .map(({ tagName }) => tagName.toLowerCase())
      .filter((tag) => /script|img|svg|style|math|iframe/.test(tag)),
  ).toEqual([]);
  for (const element of elements)
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on|^style$|^title$/);
      if (name === "href") expect(value).toMatch(/^(https?:|mailto:|tel:|\/[^/\\])/);
    }
});

it("shows no picture of others: a link says where it is", () => {
  expect(toHtml("![고양이](https://tracker.example/cat.png)")).toMatch(
    /<a href="https:\/\/tracker\.example\/cat\.png"[^>]*>고양이<\/a>/,
  );
});

it("gives the words alone for a line in a list", () => {
  expect(toPlain("**굵게** [안내](https://example.org)\n\n- 하나 <b>")).toBe("굵게 안내 하나 <b>");
});

it("shows the pictures that came with a text, and no others", () => {
  const own = { a1: "blob:http://x/1" };
  expect(toHtml("![병](media:a1)", { pictures: own })).toContain('<img src="blob:http://x/1" alt="병">');
  expect(toHtml("![병](media:other)", { pictures: own })).not.toContain("<img");
  expect(toHtml("![병](https://tracker.example/a.png)", { pictures: own })).not.toContain("<img");
  expect(toHtml("![병](media:a1)")).not.toContain("<img");
  const paper = document.createElement("template");
  paper.innerHTML = toHtml('![x" onerror="alert(1)](media:a1)', { pictures: own });
  expect(paper.content.querySelector("img")?.getAttributeNames()).toEqual(["src", "alt"]);
});

describe("mentions", () => {
  const people = [
    { name: "민아", isMe: false },
    { name: "민아들", isMe: true },
    { name: "a.*(b", isMe: false },
  ];

  it("are marked, one's own apart, and the longest name first", () => {
    expect(toHtml("@민아 그리고 **@민아들**", { mentioned: people })).toBe(
      '<p><mark>@민아</mark> 그리고 <strong><mark data-me="">@민아들</mark></strong></p>\n',
    );
    expect(toHtml("@a.*(b!", { mentioned: people })).toContain("<mark>@a.*(b</mark>!");
  });

  it("are none in code, in links and of people who are not mentioned", () => {
    for (const written of ["`@민아`", "[@민아](https://example.org)", "@준호", "민아"])
      expect(toHtml(written, { mentioned: people })).not.toContain("<mark");
  });

  it("let nothing through by a name", () => {
    const evil = [{ name: "<img src=x onerror=alert(1)>", isMe: true }];
    const paper = document.createElement("template");
    paper.innerHTML = toHtml("@<img src=x onerror=alert(1)> [a](javascript:alert(1))", { mentioned: evil });
    expect(paper.content.querySelector("img, a[href]")).toBeNull();
    expect(paper.content.querySelector("mark")?.textContent).toBe("@<img src=x onerror=alert(1)>");
  });
});

it("names a picture that was given no name", () => {
  const pictures = { a1: "blob:http://x/1" };
  expect(toHtml("![](media:a1)", { pictures, noName: "그림" })).toContain('alt="그림"');
  expect(toHtml("![병](media:a1)", { pictures, noName: "그림" })).toContain('alt="병"');
});
