import { describe, expect, it, vi } from "vitest";
import { locate, rounded } from "./locate";

function device(answer: (found: PositionCallback, failed: PositionErrorCallback) => void) {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { geolocation: { getCurrentPosition: answer } });
}

describe("a device", () => {
  it("says where it is", async () => {
    device((found) => {
      found({ coords: { latitude: 37.5, longitude: 127 } } as GeolocationPosition);
    });
    await expect(locate()).resolves.toEqual({ lat: 37.5, lng: 127 });
  });

  it.each([
    [1, "denied"],
    [2, "unavailable"],
    [3, "timeout"],
  ])("that fails with %s is %s", async (code, why) => {
    device((_, failed) => {
      failed({ code } as GeolocationPositionError);
    });
    await expect(locate()).rejects.toMatchObject({ why });
  });

  it("without https has none", async () => {
    vi.stubGlobal("isSecureContext", false);
    await expect(locate()).rejects.toMatchObject({ why: "unavailable" });
  });
});

it("tells no more than some ten metres", () => {
  expect(rounded({ lat: 37.566312, lng: 126.977949 })).toEqual({ lat: 37.5663, lng: 126.9779 });
});
