/** Our sign: a whole, taken apart. The same as public/icon.svg without its ground. */
export function Mark({ size = "2rem" }: Readonly<{ size?: string }>) {
  return (
    <svg viewBox="10 10 44 44" width={size} height={size} aria-hidden focusable="false">
      <path d="M29.5 12.5a17 17 0 0 0 0 34Z" fill="var(--green)" />
      <path d="M34.5 17.5a17 17 0 0 1 0 34Z" fill="var(--green)" opacity="0.5" />
    </svg>
  );
}
