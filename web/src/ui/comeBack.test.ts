import { describe, expect, it } from "vitest";
import { localPath, withNext } from "./comeBack";

describe("the page to come back to", () => {
  it.each([
    "/",
    "/me/settings",
    "/answers/01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10?item=1",
    "/search?q=%EC%9A%B0%EC%9C%A0%ED%8C%A9",
    "/search?q=a%20b//c%5C",
    "/account",
    "/account/security",
  ])("is one of ours: %s", (path) => {
    expect(localPath(path)).toBe(path);
  });

  it.each([
    "",
    "me",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https://evil.example",
    "HTTPS://evil.example/me",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/ /evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/me/..//evil.example",
    "/%2Fevil.example",
    "/%2f%2fevil.example",
    "/%5Cevil.example",
    "/%5cevil.example",
    "/%252Fevil.example",
    "/%25252525252Fevil.example",
    "/%2e%2f/evil.example",
    "%2F%2Fevil.example",
    "/me\u0000",
    "/%E0%A4%A",
  ])("is nobody else's: %j", (path) => {
    expect(localPath(path)).toBeNull();
  });

  it.each(["/account/sign-in", "/account/register?next=/me", "/account/signed-in", "/account/forgot"])(
    "is none on the way in: %s",
    (path) => {
      expect(localPath(path)).toBeNull();
    },
  );

  it("survives an address", () => {
    const page = "/search?q=%EC%9A%B0&page=2";
    const address = new URL(withNext("/account/sign-in", page), "http://x");
    expect(localPath(address.searchParams.get("next"))).toBe(page);
    expect(withNext("/account/sign-in", null)).toBe("/account/sign-in");
  });
});
