import { expect, type APIRequestContext } from "@playwright/test";

/** The six digits of the newest mail to `address` whose text has `words`; mails become files, shown at /dev/mail. */
export async function codeFor(request: APIRequestContext, address: string, words: string): Promise<string> {
  let code = "";
  await expect
    .poll(async () => (code = (await newest(request, address, words)) ?? ""), { timeout: 30_000 })
    .not.toBe("");
  return code;
}

async function newest(request: APIRequestContext, address: string, words: string): Promise<string | null> {
  const list = await (await request.get("/dev/mail")).text();
  for (const [, path = ""] of list.matchAll(/href="(\/dev\/mail\/[^"/]+)"/g)) {
    const mail = await (await request.get(path)).text();
    if (mail.includes(address) && mail.includes(words))
      return /\b(\d{3}) (\d{3})\b/.exec(mail)?.slice(1).join("") ?? null;
  }
  return null;
}
