import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { forgetSession } from "~/api/session";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Toasts } from "~/ui/toast";
import { Working } from "./Working";

const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "g", username: "" } },
};

beforeEach(() => {
  forgetSession();
});

it("says in a sentence why it could not be stopped, and keeps the focus for another try", async () => {
  fakeServer(({ path }) => (path.endsWith("/guest") ? guest : problem(503, "unavailable")));
  await show(
    <>
      <Working jobId="1" status={undefined} problem={null} />
      <Toasts />
    </>,
    ["coach"],
  );
  const stop = screen.getByRole("button", { name: "그만두기" });
  await userEvent.click(stop);
  const notices = screen.getByRole("region", { name: "알림" });
  expect(await within(notices).findByText("about unavailable")).toBeInTheDocument();
  expect(stop).toHaveFocus();
});
