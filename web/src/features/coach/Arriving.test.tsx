import { QueryClientProvider } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { makeQueryClient } from "~/api/query";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Arriving } from "./Arriving";

const state = (phase: string, done = 0, total = 0) => ({
  body: { phase, name: "siglip2_base", licence: "Apache-2.0", done, total },
});

it("says how much of the stronger network has come, and under which licence", async () => {
  fakeServer(() => state("fetching", 150, 400));
  await show(<Arriving />, ["coach"]);
  expect((await screen.findByText(/37 %/)).textContent).toContain("siglip2_base · Apache-2.0");
});

it.each(["off", "absent", "ready", "failed"])("says nothing where it is %s", async (phase) => {
  const { asked } = fakeServer(() => state(phase));
  await show(<Arriving />, ["coach"]);
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(screen.queryByText(/siglip2_base/)).toBeNull();
});

it("says once that it is there, to who saw it coming", async () => {
  let phase = "preparing";
  fakeServer(() => state(phase, 1, 2));
  const client = makeQueryClient();
  await show(
    <QueryClientProvider client={client}>
      <Arriving />
    </QueryClientProvider>,
    ["coach"],
  );
  await screen.findByText(/50 %/);
  phase = "ready";
  await act(() => client.invalidateQueries());
  expect(await screen.findByText(/준비됐어요/)).toBeTruthy();
});

it("says nothing where nobody answers", async () => {
  const { asked } = fakeServer(() => "silence");
  await show(<Arriving />, ["coach"]);
  await waitFor(() => expect(asked.length).toBeGreaterThan(0));
  expect(screen.queryByText(/siglip2_base/)).toBeNull();
});
