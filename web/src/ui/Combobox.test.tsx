import { createEvent, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { announce, Announcer } from "./announce";
import { Combobox } from "./Combobox";

const OLD = ["가나", "다라"];
const NEW = ["마바", "사아"];
const picked = vi.fn();
const worded = vi.fn();

type Given = Readonly<{ options: readonly string[]; settled: boolean; words?: boolean }>;

function Field({ options, settled, words = false }: Given) {
  const [typed, setTyped] = useState("");
  return (
    <>
      <Combobox
        label="어디"
        placeholder=""
        longest={9}
        words={typed}
        onType={setTyped}
        options={options}
        settled={settled}
        keyOf={(option) => option}
        onPick={picked}
        {...(words && { onWords: worded })}
        texts={{ clear: "지우기", list: "추천", count: `${options.length}개`, none: "없어요" }}
      >
        {(option) => option}
      </Combobox>
      <Announcer />
    </>
  );
}

async function typed(given: Given) {
  picked.mockReset();
  worded.mockReset();
  announce("");
  const { rerender } = render(<Field {...given} />);
  await userEvent.type(screen.getByRole("combobox"), "마");
  return (next: Given) => {
    rerender(<Field {...next} />);
  };
}

const selected = () => screen.queryByRole("option", { selected: true });

it("picks nothing of what answers earlier words: Enter waits for what is asked now", async () => {
  const now = await typed({ options: OLD, settled: false });
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(selected()).toBeNull();
  expect(picked).not.toHaveBeenCalled();
  now({ options: NEW, settled: true });
  expect(picked.mock.calls).toEqual([["마바"]]);
  expect(screen.queryByRole("option")).toBeNull();
});

it("forgets the Enter when more is typed, and when the list is put away", async () => {
  const now = await typed({ options: OLD, settled: false });
  await userEvent.keyboard("{Enter}바");
  now({ options: NEW, settled: true });
  now({ options: OLD, settled: false });
  await userEvent.keyboard("{Enter}{Escape}");
  now({ options: NEW, settled: true });
  expect(picked).not.toHaveBeenCalled();
});

it("does not point into another list", async () => {
  const now = await typed({ options: OLD, settled: true });
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  expect(selected()).toHaveTextContent("다라");
  now({ options: NEW, settled: true });
  expect(selected()).toBeNull();
  await userEvent.keyboard("{Enter}");
  expect(picked.mock.calls).toEqual([["마바"]]);
});

it("leaves an arrow within Hangul that is being written alone", async () => {
  await typed({ options: NEW, settled: true });
  const field = screen.getByRole("combobox");
  fireEvent(field, createEvent.keyDown(field, { key: "ArrowDown", isComposing: true }));
  expect(selected()).toBeNull();
  fireEvent.keyDown(field, { key: "ArrowDown" });
  expect(selected()).toHaveTextContent("마바");
});

it("leaves Home and End to the words, which are then what Enter means", async () => {
  await typed({ options: NEW, settled: true, words: true });
  await userEvent.keyboard("{ArrowDown}");
  const field = screen.getByRole("combobox");
  const home = createEvent.keyDown(field, { key: "Home" });
  fireEvent(field, home);
  expect(home.defaultPrevented).toBe(false);
  expect(field).not.toHaveAttribute("aria-activedescendant");
  await userEvent.keyboard("{Enter}");
  expect(worded).toHaveBeenCalledWith("마");
});

it("says how many there are once they answer the words, and that there are none", async () => {
  const now = await typed({ options: OLD, settled: false });
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
  now({ options: NEW, settled: true });
  expect(screen.getByRole("status")).toHaveTextContent("2개");
  now({ options: [], settled: true });
  expect(screen.getByRole("status")).toHaveTextContent("없어요");
  expect(screen.getByRole("option")).toHaveAttribute("aria-disabled", "true");
});
