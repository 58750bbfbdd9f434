import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import SearchPage from "./SearchPage";

vi.setConfig({ testTimeout: 30_000 }); // the first page of a file is slow on a busy machine

const match = (item: string, name: string, sure: boolean) => ({
  item,
  name,
  category: "glass",
  category_name: "유리병류",
  material: "glass",
  form: null,
  score: 0.7,
  sure,
});

async function searched(found: readonly unknown[]) {
  fakeServer(() => ({ body: found }));
  await show(<SearchPage />, ["search"], "/search?q=인공위성");
  await screen.findByText(/찾지 못했어요|1개를 찾았어요/, {}, { timeout: 25_000 });
}

const links = (list: HTMLElement) => within(list).getAllByRole("link");

it("does not show what is only near as though it were found", async () => {
  await searched([match("ceramic", "도자기 그릇", false), match("glass-jar", "잼병", false)]);
  expect(await screen.findByRole("heading", { name: "찾지 못했어요" })).toBeInTheDocument();
  expect(screen.getByText(/‘인공위성’\(이\)라는 물건은 아직 몰라요/)).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "찾은 것" })).not.toBeInTheDocument();
  expect(links(screen.getByRole("region", { name: "혹시 이것인가요?" }))).toHaveLength(2);
});

it("keeps what is named apart from what has a name like it", async () => {
  await searched([match("glass-bottle", "유리병", true), match("glass-jar", "잼병", false)]);
  expect(links(await screen.findByRole("region", { name: "찾은 것" }))).toHaveLength(1);
  expect(links(screen.getByRole("region", { name: "이름이 비슷한 것" }))).toHaveLength(1);
  expect(screen.queryByRole("heading", { name: "찾지 못했어요" })).not.toBeInTheDocument();
});

it("says that nothing was found where nothing is near either", async () => {
  await searched([]);
  expect(await screen.findByText("다른 말로 적어 보거나 사진으로 물어보세요.")).toBeInTheDocument();
  expect(screen.queryByText("혹시 이것인가요?")).not.toBeInTheDocument();
});
