import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Credits } from "./Credits";

const OSM = { text: "© OpenStreetMap contributors", url: "https://www.openstreetmap.org/copyright" };

it("names whose bins are shown, with a link to the terms, without tiles too", () => {
  render(<Credits basemap="" data={[OSM]} />);
  expect(screen.getByRole("link", { name: OSM.text })).toHaveAttribute("href", OSM.url);
});

it("names the map beside the bins", () => {
  const { container } = render(<Credits basemap="© Somebody" data={[OSM]} />);
  expect(container).toHaveTextContent("© Somebody");
  expect(container).toHaveTextContent(OSM.text);
});

it("shows nothing where nobody is to be named", () => {
  const { container } = render(<Credits basemap="" data={[]} />);
  expect(container).toBeEmptyDOMElement();
});
