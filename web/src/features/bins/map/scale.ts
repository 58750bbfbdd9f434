const WIDEST = 96;

/** The longest round distance that fits a scale bar: metres, and its width in pixels. */
export function scaleBar(metresPerPixel: number): { metres: number; width: number } {
  const most = metresPerPixel * WIDEST;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power;
  return { metres, width: metres / metresPerPixel };
}
