type Place = Readonly<{ lat: number; lng: number }>;

/** Why a device does not say where it is. */
export type LocateFailure = "denied" | "unavailable" | "timeout";

const TIMEOUT_MS = 12_000;
const FRESH_MS = 60_000;

/** Where this device is, after asking the person. Throws `LocateError`. */
export function locate(): Promise<Place> {
  // The types promise it everywhere; plain http has none.
  const geolocation = navigator.geolocation as Geolocation | undefined;
  if (!geolocation || !window.isSecureContext) return Promise.reject(new LocateError("unavailable"));
  return new Promise((resolve, reject) => {
    geolocation.getCurrentPosition(
      ({ coords }) => {
        resolve({ lat: coords.latitude, lng: coords.longitude });
      },
      (error) => {
        reject(new LocateError(whyOf(error.code)));
      },
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: FRESH_MS },
    );
  });
}

/** Rounded to some 10 m: nobody who is asked what is near needs to know more. */
export function rounded({ lat, lng }: Place): Place {
  return { lat: Math.round(lat * 1e4) / 1e4, lng: Math.round(lng * 1e4) / 1e4 };
}

export class LocateError extends Error {
  constructor(readonly why: LocateFailure) {
    super(why);
  }
}

function whyOf(code: number): LocateFailure {
  if (code === 1) return "denied";
  return code === 3 ? "timeout" : "unavailable";
}
