import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";

type Props = Readonly<{ folded: boolean; children: ReactNode }>;

/** A message that several people reported is not shown before somebody asks for it, or a moderator has looked at it. */
export function Folded({ folded, children }: Props) {
  const { t } = useTranslation("chat");
  const [asked, setAsked] = useState(false);
  if (!folded || asked) return children;
  return (
    <div>
      <p>{t("message.folded")}</p>
      <Button
        onClick={() => {
          setAsked(true);
        }}
      >
        {t("message.unfold")}
      </Button>
    </div>
  );
}
