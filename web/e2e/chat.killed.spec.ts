import { allArrived, enter, guest, makeRoom, message, say } from "./support/chat";
import { killApi } from "./support/kill";
import { expect, keep, test } from "./support/test";

test("two guests go on talking while the server is killed, and lose nothing", async ({
  page,
  browser,
  complaints,
}) => {
  test.skip(Boolean(process.env.BUNRI_E2E_URL), "only a platform that the tests started is killed");
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `다시 시작 ${Date.now() % 1e5}`);
  const other = await guest(browser, "준호");
  await enter(other, address);
  await say(page, "민아 1");
  await say(other, "준호 1");
  await allArrived(page);
  await allArrived(other);
  killApi();
  for (const number of [2, 3, 4]) {
    await say(page, `민아 ${number}`);
    await say(other, `준호 ${number}`);
  }
  await allArrived(page);
  await allArrived(other);
  for (const one of [page, other])
    for (const name of ["민아", "준호"])
      for (const number of [1, 2, 3, 4]) await expect(message(one, `${name} ${number}`)).toHaveCount(1);
  const keys = (one: typeof page) =>
    one
      .getByRole("log")
      .locator("[data-key]")
      .evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.key));
  expect(await keys(page)).toEqual(await keys(other));
  await say(page, "그 뒤에도"); // by the socket, which has come back
  await expect(message(other, "그 뒤에도")).toHaveCount(1);
  complaints.length = 0;
  await other.context().close();
});
