import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { binKindValues, materialValues, tagValues } from "~/api/generated/schema";
import { binIcon, Icon, materialIcon, tagIcon } from "./Icon";
import { conditions, materials } from "./shapes";

describe("Icon", () => {
  it("is silent beside words and speaks alone", () => {
    const { container } = render(<Icon name="camera" />);
    expect(container.querySelector("svg")).toHaveAttribute("aria-hidden", "true");
    render(<Icon name="warning" label="조심" />);
    expect(screen.getByRole("img", { name: "조심" })).toBeInTheDocument();
  });
});

describe("the contract's words", () => {
  it("have a drawing each", () => {
    expect(materialValues.filter((material) => materialIcon(material) === "unknown")).toEqual(["unknown"]);
    expect(tagValues.filter((tag) => tagIcon(tag) === "question")).toEqual([]);
    expect(binKindValues.filter((kind) => binIcon(kind) === "trash")).toEqual([]);
  });

  it("are all there are", () => {
    expect(Object.keys(materials).sort()).toEqual([...materialValues].sort());
    expect(Object.keys(conditions).sort()).toEqual([...tagValues].sort());
  });
});
