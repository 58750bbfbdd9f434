import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { WordSearch } from "./WordSearch";

const match = (item: string, name: string) => ({
  item,
  name,
  category: "glass",
  category_name: "유리병류",
  material: "glass",
  form: null,
  score: 1,
  sure: true,
});

const onPick = vi.fn();
const onWords = vi.fn();

beforeEach(() => {
  onPick.mockReset();
  onWords.mockReset();
  fakeServer(() => ({ body: [match("glass-bottle", "유리병"), match("soju-bottle", "소주병")] }));
});

async function typed(words: string) {
  await show(<WordSearch label="무엇인가요?" onPick={onPick} onWords={onWords} />, ["search"]);
  const field = screen.getByRole("combobox", { name: "무엇인가요?" });
  await userEvent.type(field, words);
  return field;
}

describe("WordSearch", () => {
  it("suggests while one types, and arrows choose without leaving the field", async () => {
    const field = await typed("병");
    const [first, second] = await screen.findAllByRole("option");
    expect(field).toHaveAttribute("aria-expanded", "true");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    expect(second).toHaveAttribute("aria-selected", "true");
    expect(field).toHaveAttribute("aria-activedescendant", second?.id);
    expect(field).toHaveFocus();
    await userEvent.keyboard("{ArrowUp}");
    expect(first).toHaveAttribute("aria-selected", "true");
    await userEvent.keyboard("{Enter}");
    expect(onPick).toHaveBeenCalledWith(expect.objectContaining({ item: "glass-bottle" }));
    expect(field).toHaveAttribute("aria-expanded", "false");
  });

  it("goes around from the last to the field itself", async () => {
    const field = await typed("병");
    await screen.findAllByRole("option");
    await userEvent.keyboard("{ArrowUp}");
    expect(screen.getAllByRole("option")[1]).toHaveAttribute("aria-selected", "true");
    await userEvent.keyboard("{ArrowDown}");
    expect(field).not.toHaveAttribute("aria-activedescendant");
  });

  it("takes the words as they are on Enter, and nothing for nothing", async () => {
    await typed("  컵라면 용기 {Enter}");
    expect(onWords).toHaveBeenCalledWith("컵라면 용기");
    await userEvent.clear(screen.getByRole("combobox"));
    await userEvent.keyboard("{Enter}");
    expect(onWords).toHaveBeenCalledOnce();
  });

  it("puts the suggestions away on Escape", async () => {
    await typed("병");
    await screen.findAllByRole("option");
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("option")).not.toBeInTheDocument();
  });

  it("takes a touched suggestion", async () => {
    await typed("병");
    await userEvent.click(await screen.findByRole("option", { name: /소주병/ }));
    expect(onPick).toHaveBeenCalledWith(expect.objectContaining({ item: "soju-bottle" }));
  });
});
