import type { APIRequestContext } from "@playwright/test";

/** Kakao, Naver and Google as tests/support/oauth_server.py plays them: where they are is where we send people. */
async function address(request: APIRequestContext): Promise<string> {
  const begun = await request.get("/api/v1/auth/oauth/kakao", { maxRedirects: 0 });
  return new URL(begun.headers().location ?? "").origin;
}

/** Whether people say no there from now on. */
export async function deny(request: APIRequestContext, denied: boolean): Promise<void> {
  await request.put(`${await address(request)}/deny`, { data: JSON.stringify(denied) });
}

/** Who comes back from Naver from now on: somebody that no other test knows. */
export async function newNaverPerson(request: APIRequestContext, email: string): Promise<void> {
  const person = { id: `naver-${email}`, nickname: "초록이", email };
  await request.put(`${await address(request)}/naver/person`, { data: person });
}
