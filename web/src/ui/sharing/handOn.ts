/** Gives an address on: by the device's own way of sharing, where it has one; else the address is copied. */
export async function handOn(url: string, title: string, onCopied: () => void): Promise<void> {
  const sharing = navigator as Partial<Pick<Navigator, "share" | "clipboard">>;
  try {
    if (sharing.share) await sharing.share({ url, title });
    else {
      await sharing.clipboard?.writeText(url);
      onCopied();
    }
  } catch {
    // Nobody was chosen: the address still stands on the page.
  }
}
