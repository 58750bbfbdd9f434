import { expect, type APIRequestContext } from "@playwright/test";

type Link = Readonly<{
  /** Where the link leads, without the host: `/account/confirm#…`. */
  path: string;
  /** The six digits of the same mail. */
  code: string;
}>;

/** The six digits of the newest mail to `address` whose text has `words`; mails become files, shown at /dev/mail. */
export async function codeFor(request: APIRequestContext, address: string, words: string): Promise<string> {
  return awaited(async () => codeOf(await newest(request, address, words)));
}

/** The link of the newest mail to `address` that leads to `/account/<page>`. */
export async function linkFor(request: APIRequestContext, address: string, page: string): Promise<Link> {
  const name = `/account/${page}#`;
  const mail = await awaited(() => newest(request, address, name));
  const path = new RegExp(`${name}[\\w.-]+`).exec(mail)?.[0] ?? "";
  return { path, code: codeOf(mail) };
}

const codeOf = (mail: string) => /\b(\d{3}) (\d{3})\b/.exec(mail)?.slice(1).join("") ?? "";

async function awaited(read: () => Promise<string>): Promise<string> {
  let found = "";
  await expect.poll(async () => (found = await read()), { timeout: 30_000 }).not.toBe("");
  return found;
}

async function newest(request: APIRequestContext, address: string, words: string): Promise<string> {
  const list = await (await request.get("/dev/mail")).text();
  for (const [, path = ""] of list.matchAll(/href="(\/dev\/mail\/[^"/]+)"/g)) {
    const mail = await (await request.get(path)).text();
    if (mail.includes(address) && mail.includes(words)) return mail;
  }
  return "";
}
