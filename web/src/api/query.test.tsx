import { onlineManager, useMutation, useQuery } from "@tanstack/react-query";
import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { api, data } from "./client";

/** The network comes or goes; the library listens to the browser only once a page stands. */
function network(there: boolean) {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(there);
  onlineManager.setOnline(there);
}

const ask = () => data(api.GET("/api/v1/recycling/regions"));

function Page() {
  const regions = useQuery({ queryKey: ["regions"], queryFn: ask });
  const send = useMutation({ mutationFn: ask });
  return (
    <>
      <p>
        {regions.status} {regions.data?.length ?? "nothing"}
      </p>
      <button onClick={() => send.mutate()}>send {send.status}</button>
    </>
  );
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  network(false);
});

afterEach(() => {
  vi.useRealTimers();
  network(true);
  vi.restoreAllMocks();
});

it("says at once that there is no network, and asks when it is back", async () => {
  let there = false;
  const { asked } = fakeServer(() => (there ? { body: [] } : "silence"));
  await show(<Page />);
  expect(await screen.findByText("error nothing")).toBeInTheDocument();
  expect(asked).toHaveLength(1);
  await userEvent.click(screen.getByRole("button"));
  expect(await screen.findByText("send error")).toBeInTheDocument();
  there = true;
  act(() => network(true));
  expect(await screen.findByText("success 0")).toBeInTheDocument();
});

it("keeps what it knows while there is no network, however old", async () => {
  let there = true;
  const { asked } = fakeServer(() => (there ? { body: [] } : "silence"));
  network(true);
  function Comings() {
    const [visit, setVisit] = useState(1);
    return (
      <>
        <Page key={visit} />
        <button onClick={() => setVisit(2)}>come again</button>
      </>
    );
  }
  await show(<Comings />);
  expect(await screen.findByText("success 0")).toBeInTheDocument();
  there = false;
  act(() => network(false));
  await vi.advanceTimersByTimeAsync(120_000);
  await userEvent.click(screen.getByRole("button", { name: "come again" }));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(screen.getByText("success 0")).toBeInTheDocument();
  expect(asked).toHaveLength(1);
});

it("asks when the network is back for a page that was opened without one", async () => {
  let there = false;
  fakeServer(() => (there ? { body: [] } : "silence"));
  onlineManager.setOnline(true); // what the library believes when it starts
  await show(<Page />);
  expect(await screen.findByText("error nothing")).toBeInTheDocument();
  there = true;
  act(() => network(true));
  expect(await screen.findByText("success 0")).toBeInTheDocument();
});
