import type { ReactNode } from "react";
import type { Sign } from "~/api/types";
import { outlines, shapes } from "~/icons/shapes";

const openBottle = "M9.7 12v1.5l-1.4 2v5h7.4v-5l-1.4-2V12";

/** Things one does, in the manner of icons/shapes.tsx: the thing, and an arrow or drops for the movement. */
const pictograms: Readonly<Record<Sign, ReactNode>> = {
  ask: (
    <path d="M8.2 4 5 5.5c-.4 6.8 6.7 13.9 13.5 13.5l1.5-3.2-4-2.6-2.1 1.9a11 11 0 0 1-5-5l1.9-2.1ZM14.5 4.5a5 5 0 0 1 5 5" />
  ),
  battery_out: shapes.battery,
  cap_off: (
    <>
      <path d={openBottle} />
      <path d="M9 3.8h6v2.7H9ZM18.5 9.5v-5M16.7 6.3l1.8-1.8 1.8 1.8" />
    </>
  ),
  cap_on: (
    <>
      <path d={openBottle} />
      <path d="M9 9.5h6V12H9ZM12 2.8v4M10 5l2 2 2-2" />
    </>
  ),
  check: shapes.search,
  collect: shapes.vinyl,
  cut: (
    <>
      <circle cx="6.5" cy="17.5" r="2.7" />
      <circle cx="17.5" cy="17.5" r="2.7" />
      <path d="M8 15.2 16.5 4M16 15.2 7.5 4" />
    </>
  ),
  dry: (
    <path d="M3.5 9h9.8a2.6 2.6 0 1 0-2.5-3.4M3.5 12.8h14.3a2.6 2.6 0 1 1-2.5 3.4M3.5 16.6h6.8a2 2 0 1 1-1.9 2.6" />
  ),
  empty: (
    <path d="M9.5 3.2 18 8.4l-5 7.6-8.3-5.2ZM4.7 10.8c-1 1.5-1.5 2.5-1.5 3.4a1.5 1.5 0 0 0 3 0c0-.9-.5-1.9-1.5-3.4ZM6.5 18c.8 1 1.2 1.7 1.2 2.3a1.2 1.2 0 0 1-2.4 0c0-.6.4-1.3 1.2-2.3Z" />
  ),
  erase: <path d="M6 3.5h12v17H6ZM9 7h6M9 10h6M12 20.5v-3M9.3 13.3l5.4 3.4M14.7 13.3l-5.4 3.4" />,
  flatten: <path d="M12 3v6M9.5 6.8 12 9.3l2.5-2.5M12 21v-6M9.5 17.2l2.5-2.5 2.5 2.5M4 12h16" />,
  insulate: (
    <>
      <path d={outlines.battery} />
      <path d="M4 10.5 20 8M4 13.5 20 11" />
    </>
  ),
  label_off: (
    <>
      <path d={outlines.bottle} />
      <path d="M7.5 12.5h9M7.5 17h9M16.5 12.5c3 0 5 1.2 5 4-1.6-1.4-3.2-1.2-5 .5" />
    </>
  ),
  mark: <path d="m5 15.5 9.8-9.8 3.5 3.5L8.5 19 4 20ZM12.7 7.8l3.5 3.5M13 20h7" />,
  rinse: (
    <path d="M4 8.5h8.5a4 4 0 0 1 4 4V14h-3.7v-1.3H4ZM8.5 8.5V5M6 5h5M14.7 16.8c.8 1.1 1.3 1.9 1.3 2.6a1.3 1.3 0 0 1-2.6 0c0-.7.5-1.5 1.3-2.6ZM19 16v2M10.5 16v2" />
  ),
  seal: (
    <path d="M9.5 8 7.8 4.2 12 5.5l4.2-1.3L14.5 8M8.8 8h6.4v2H8.8ZM9.5 10c-3 2-4.7 4-4.7 6.5 0 2.7 1.8 4 4.2 4h6c2.4 0 4.2-1.3 4.2-4 0-2.5-1.7-4.5-4.7-6.5" />
  ),
  take_apart: (
    <path d="M9.5 5.5H4v13h5.5M14.5 5.5H20v13h-5.5M9.5 5.5v13M14.5 5.5v13M7.5 12H2.5M4 10.3 2.3 12 4 13.7M16.5 12h5M20 10.3l1.7 1.7-1.7 1.7" />
  ),
  tape_off: (
    <>
      <circle cx="10" cy="10.5" r="6.5" />
      <circle cx="10" cy="10.5" r="2.3" />
      <path d="M10 17h10.5v-3.5H15.8" />
    </>
  ),
  tie: (
    <path d="M5 8h14v12H5ZM12 8v12M5 14h14M12 8c-3.5.3-5-.8-5-2.2S9.8 3.5 12 8c2.2-4.5 5-3.6 5-2.2S15.5 8.3 12 8Z" />
  ),
  unfold: <path d="M5 11.5h14v8.5H5ZM5 11.5 2.8 7.5l7-2.7L12 9l2.2-4.2 7 2.7-2.2 4M12 9v2.5" />,
  vent: shapes.gas_left,
  wrap: <path d="M4 8.5 12 4l8 4.5v7L12 20l-8-4.5ZM4 8.5l16 7M20 8.5l-16 7" />,
};

/** Whether the step has a drawing: not all have a sign, and a newer platform may name one that this app cannot draw. */
export function hasPictogram(sign: Sign | null | undefined): sign is Sign {
  return !!sign && sign in pictograms;
}

/** The picture of a step; the words beside it say the same. */
export function Pictogram({ sign, size = "1.75rem" }: Readonly<{ sign: Sign; size?: string }>) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      focusable="false"
      aria-hidden
    >
      {pictograms[sign]}
    </svg>
  );
}
