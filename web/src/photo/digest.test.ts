import { Blob as NodeBlob } from "node:buffer";
import { expect, it, vi } from "vitest";
import { digest } from "./digest";

// Node's own: its SHA-256 does not take jsdom's bytes.
const blob = () => new NodeBlob(["abc"]) as unknown as Blob;

it("is SHA-256 in hexadecimal", async () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2, B.1
  expect(await digest(blob())).toBe(abc);
});

it("is left out where the browser computes none", async () => {
  vi.stubGlobal("crypto", {});
  expect(await digest(blob())).toBeNull();
});
