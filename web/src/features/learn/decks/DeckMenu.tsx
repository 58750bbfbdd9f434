import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import type { Deck, DeckMember } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Sheet } from "~/ui/Sheet";
import { handOn } from "~/ui/sharing/handOn";
import { QrCode } from "~/ui/sharing/QrCode";
import { toast } from "~/ui/toast";
import { Export } from "../transfer/Export";
import { endShare, listMembers, removeDeck, removeMember, renameDeck, setRole, shareDeck } from "./server";
import { useForget } from "./useForget";
import styles from "./decks.module.css";

type Props = Readonly<{ deck: Deck; onClose: () => void }>;
type Step = "choose" | "share" | "export" | "members" | "rename" | "remove";

/** What can be done with a deck. */
export function DeckMenu({ deck, onClose }: Props) {
  const { t } = useTranslation("decks");
  const [step, setStep] = useState<Step>("choose");
  const isMine = deck.role === "owner";
  const to = (next: Step) => () => {
    setStep(next);
  };
  return (
    <Sheet title={step === "choose" ? deck.name : t(`menu.${step}`)} onClose={onClose}>
      {step === "choose" && (
        <div className={styles.form}>
          {isMine && (
            <>
              {deck.kind !== "class" && (
                <Button variant="outlined" icon="share" onClick={to("share")}>
                  {t("menu.share")}
                </Button>
              )}
              <Button variant="outlined" icon="edit" onClick={to("rename")}>
                {t("menu.rename")}
              </Button>
            </>
          )}
          {deck.kind === "own" && (
            <Button variant="outlined" icon="history" to={`/learn/decks/${deck.id}/week`}>
              {t("menu.week")}
            </Button>
          )}
          {deck.kind !== "everyday" && deck.kind !== "hazards" && (
            <Button variant="outlined" icon="people" onClick={to("members")}>
              {t("menu.members")}
            </Button>
          )}
          {deck.role !== "learner" && (
            <Button variant="outlined" icon="upload" to={`/learn/import?deck=${deck.id}`}>
              {t("menu.import")}
            </Button>
          )}
          <Button variant="outlined" icon="download" onClick={to("export")}>
            {t("menu.export")}
          </Button>
          <Button tone="bad" icon={isMine ? "trash" : "leave"} onClick={to("remove")}>
            {t(isMine ? "menu.remove" : "menu.leave")}
          </Button>
        </div>
      )}
      {step === "share" && <Share deck={deck} />}
      {step === "export" && <Export deck={deck} />}
      {step === "members" && <Members deck={deck} />}
      {step === "rename" && <Rename deck={deck} onClose={onClose} />}
      {step === "remove" && <Remove deck={deck} />}
    </Sheet>
  );
}

function Refused({ error }: Readonly<{ error: unknown }>) {
  return error ? (
    <p className={styles.refused} role="alert">
      {describe(error).sentence}
    </p>
  ) : null;
}

/** A link by which others learn the deck: made when somebody asks for it, and shown once. */
function Share({ deck }: Readonly<{ deck: Deck }>) {
  const { t } = useTranslation("decks");
  const forget = useForget();
  const make = useMutation({ mutationFn: () => shareDeck(deck.id), onSuccess: forget });
  const end = useMutation({ mutationFn: () => endShare(deck.id), onSuccess: forget });
  const address = make.data && window.location.origin + make.data.path;
  return (
    <div className={styles.form}>
      <p>{t(deck.shared && !address ? "share.again" : "share.note")}</p>
      <Refused error={make.error ?? end.error} />
      {address ? (
        <>
          <QrCode text={address} label={t("share.qr")} />
          <p className={styles.address}>{address}</p>
          <Button
            variant="contained"
            icon="share"
            onClick={() => void handOn(address, deck.name, () => toast({ text: t("share.copied") }))}
          >
            {t("share.send")}
          </Button>
        </>
      ) : (
        <Button
          variant="contained"
          icon="link"
          busy={make.isPending}
          onClick={() => {
            make.mutate();
          }}
        >
          {t("share.make")}
        </Button>
      )}
      {deck.shared && !end.isSuccess && (
        <Button
          tone="bad"
          busy={end.isPending}
          onClick={() => {
            make.reset();
            end.mutate();
          }}
        >
          {t("share.end")}
        </Button>
      )}
    </div>
  );
}

function Members({ deck }: Readonly<{ deck: Deck }>) {
  const { t } = useTranslation("decks");
  const me = usePerson();
  const members = useQuery({ queryKey: ["learn", "members", deck.id], queryFn: () => listMembers(deck.id) });
  const forget = useForget();
  const change = useMutation({
    mutationFn: ({ person, role }: Readonly<{ person: string; role: DeckMember["role"] | null }>) =>
      role ? setRole(deck.id, person, role) : removeMember(deck.id, person),
    onSuccess: forget,
  });
  return (
    <div className={styles.form}>
      {members.isPending && <Skeleton height="6rem" />}
      {members.isError && <ErrorMessage error={members.error} onRetry={() => void members.refetch()} />}
      <Refused error={change.error} />
      <ul className={styles.people}>
        {members.data?.map(({ person, name, role }) => (
          <li key={person}>
            <span>
              {name || t("members.nameless")} · {t(`role.${role}`)}
            </span>
            {deck.role === "owner" && person !== me?.id && (
              <span className={styles.actions}>
                <Button
                  onClick={() => {
                    change.mutate({ person, role: role === "editor" ? "learner" : "editor" });
                  }}
                >
                  {t(role === "editor" ? "members.readOnly" : "members.letWrite")}
                </Button>
                <Button
                  tone="bad"
                  onClick={() => {
                    change.mutate({ person, role: null });
                  }}
                >
                  {t("members.remove")}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Rename({ deck, onClose }: Props) {
  const { t } = useTranslation("decks");
  const [name, setName] = useState(deck.name);
  const forget = useForget();
  const rename = useMutation({
    mutationFn: () => renameDeck(deck.id, name.trim()),
    onSuccess: () => {
      forget();
      onClose();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!rename.isPending && name.trim()) rename.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label className={styles.field}>
        {t("new.name")}
        <input
          value={name}
          required
          maxLength={80}
          autoComplete="off"
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      </label>
      <Refused error={rename.error} />
      <Button type="submit" variant="contained" busy={rename.isPending}>
        {t("save")}
      </Button>
    </form>
  );
}

function Remove({ deck }: Readonly<{ deck: Deck }>) {
  const { t } = useTranslation("decks");
  const navigate = useNavigate();
  const forget = useForget();
  const isMine = deck.role === "owner";
  const remove = useMutation({
    mutationFn: () => removeDeck(deck.id),
    onSuccess: () => {
      void navigate("/learn/decks", { replace: true });
      forget();
    },
  });
  return (
    <div className={styles.form}>
      <p>{t(isMine ? "remove.mine" : "remove.others")}</p>
      <Refused error={remove.error} />
      <Button
        variant="contained"
        tone="bad"
        busy={remove.isPending}
        onClick={() => {
          remove.mutate();
        }}
      >
        {t(isMine ? "menu.remove" : "menu.leave")}
      </Button>
    </div>
  );
}
