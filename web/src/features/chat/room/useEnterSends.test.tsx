import { act, fireEvent, render, screen } from "@testing-library/react";
import { useRef, useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { useEnterSends } from "./useEnterSends";

const sent = vi.fn<(text: string) => void>();

function Field() {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const enter = useEnterSends(field, () => {
    if (!field.current?.value.trim()) return;
    sent(field.current.value);
    setText("");
  });
  return (
    <textarea
      ref={field}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
      }}
      {...enter.handlers}
      onKeyDown={(event) => {
        enter.onKeyDown(event);
      }}
    />
  );
}

let coarse = false;
beforeEach(() => {
  coarse = false;
  sent.mockClear();
  vi.stubGlobal("matchMedia", () => ({ matches: coarse }));
});

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox");
const type = (value: string) => fireEvent.change(field(), { target: { value } });
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve, 5)));

/** Whether the browser goes on with the key: begins a line. */
const enter = (more: object = {}) =>
  fireEvent.keyDown(field(), { key: "Enter", code: "Enter", keyCode: 13, ...more });
const up = () => fireEvent.keyUp(field(), { key: "Enter", code: "Enter" });

function compose(text: string) {
  fireEvent.compositionStart(field());
  fireEvent.compositionUpdate(field(), { data: text });
}

it("sends by Enter and begins a line by Shift+Enter", async () => {
  render(<Field />);
  type("하나");
  expect(enter({ shiftKey: true })).toBe(true);
  expect(enter()).toBe(false);
  await settled();
  expect(sent).toHaveBeenCalledExactlyOnceWith("하나");
});

it("begins a line by Enter where a finger types", async () => {
  coarse = true;
  render(<Field />);
  type("하나");
  expect(enter()).toBe(true);
  await settled();
  expect(sent).not.toHaveBeenCalled();
});

it("waits for the end of the composition, also where the last letters come after it", async () => {
  render(<Field />);
  compose("요");
  type("안녕하세");
  enter({ isComposing: true, keyCode: 229, key: "Process" });
  fireEvent.compositionEnd(field(), { data: "요" });
  type("안녕하세요"); // WebKit and Firefox: the input event follows
  await settled();
  up();
  expect(sent).toHaveBeenCalledExactlyOnceWith("안녕하세요");
  expect(field()).toHaveValue("");
});

it("takes a second key of the same press for nothing", async () => {
  render(<Field />);
  compose("요");
  type("안녕하세요");
  enter({ isComposing: true, keyCode: 229 });
  fireEvent.compositionEnd(field(), { data: "요" });
  expect(enter()).toBe(false); // begins no line either
  await settled();
  up();
  type("둘");
  enter();
  await settled();
  expect(sent.mock.calls).toEqual([["안녕하세요"], ["둘"]]);
});

it("knows what is composed where the key does not tell", async () => {
  render(<Field />);
  compose("요");
  type("안녕하세요");
  enter({ isComposing: false });
  await settled();
  expect(sent).not.toHaveBeenCalled();
  fireEvent.compositionEnd(field(), { data: "요" });
  await settled();
  expect(sent).toHaveBeenCalledExactlyOnceWith("안녕하세요");
});

it.each([
  ["日本", "日本"],
  ["ニホン", "ニホン"],
  ["nihao", "nihao"],
  ["漢", "漢"],
])("only chooses the word of other input methods: %s", async (data, value) => {
  render(<Field />);
  compose(data);
  type(value);
  enter({ isComposing: true, keyCode: 229 });
  fireEvent.compositionEnd(field(), { data });
  await settled();
  up();
  // The same where the key comes after the end.
  enter({ keyCode: 229 });
  up();
  await settled();
  expect(sent).not.toHaveBeenCalled();
  enter();
  await settled();
  expect(sent).toHaveBeenCalledExactlyOnceWith(value);
});
