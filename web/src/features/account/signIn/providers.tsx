import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Button } from "~/ui/Button";
import { rememberLeft } from "./left";
import { rememberWanted, type Wanted } from "./wanted";
import styles from "../account.module.css";

const KNOWN = ["kakao", "naver", "google"] as const;

/** Who else one may sign in with here, by name; empty while that is not known, and where it cannot be. */
export function useProviders(): readonly string[] {
  const providers = useQuery({
    queryKey: ["account", "providers"],
    queryFn: () => data(api.GET("/api/v1/auth/providers")),
    staleTime: Infinity,
  });
  return providers.data ?? [];
}

export function useProviderName(): (name: string) => string {
  const { t } = useTranslation("account");
  return (name) => {
    const known = KNOWN.find((one) => one === name);
    return known ? t(`provider.${known}`) : name;
  };
}

type Purpose = "sign_in" | "reauthenticate";

/** Where the browser goes to sign in there, and from there back to `next`. */
export const beginAt = (name: string, next: string, purpose: Purpose = "sign_in") =>
  `/api/v1/auth/oauth/${encodeURIComponent(name)}?${new URLSearchParams({
    next,
    ...(purpose === "sign_in" ? {} : { purpose }),
  }).toString()}`;

type Props = Readonly<{
  names: readonly string[];
  /** The page of ours to come back to. */
  next: string;
  /** Whether the person is to show there anew who they are. */
  purpose?: Purpose;
  /** What goes on by itself when they are back and have. */
  wanted?: Wanted | null;
  /** What a button says. */
  label: (provider: string) => string;
}>;

/** A button for each. They lead out of the app: nothing of a page is left but what it has stored. */
export function ProviderButtons({ names, next, purpose, wanted = null, label }: Props) {
  const nameOf = useProviderName();
  return (
    <div className={styles.buttons}>
      {names.map((name) => (
        <Button
          key={name}
          variant="outlined"
          tone="inherit"
          large
          href={beginAt(name, next, purpose)}
          onClick={() => {
            rememberLeft(next);
            rememberWanted(wanted);
          }}
        >
          {label(nameOf(name))}
        </Button>
      ))}
    </div>
  );
}
