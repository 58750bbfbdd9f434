/** What the pages of classes ask of the server. */
import { api, data } from "~/api/client";
import type { Handover, HandoverLink, OfferedClass, Pupil, SchoolClass, Suggestion } from "~/api/types";
import { knowsClasses } from "./membership";

const at = (class_id: string) => ({ params: { path: { class_id } } });

export async function listClasses(): Promise<SchoolClass[]> {
  const found = await data(api.GET("/api/v1/learning/classes"));
  knowsClasses(found.length > 0);
  return found;
}

export function getClass(id: string): Promise<SchoolClass> {
  return data(api.GET("/api/v1/learning/classes/{class_id}", at(id)));
}

/** `key` is one of its own for each class that somebody wants: sent twice, one is made. */
export async function makeClass(name: string, ends_on: string, key: string): Promise<SchoolClass> {
  const body = { name, ends_on };
  const made = await data(
    api.POST("/api/v1/learning/classes", { body, headers: { "Idempotency-Key": key } }),
  );
  knowsClasses(true);
  return made;
}

/** What a code leads to. */
export function shownClass(code: string): Promise<{ name: string; ends_on: string }> {
  return data(api.POST("/api/v1/learning/classes/shown", { body: { code } }));
}

export async function joinClass(code: string, nickname: string): Promise<SchoolClass> {
  const joined = await data(api.POST("/api/v1/learning/classes/join", { body: { code, nickname } }));
  knowsClasses(true);
  return joined;
}

export function changeClass(
  id: string,
  body: Readonly<{ ends_on?: string; new_code?: boolean }>,
): Promise<SchoolClass> {
  return data(
    api.PATCH("/api/v1/learning/classes/{class_id}", { ...at(id), body: { new_code: false, ...body } }),
  );
}

/** Its teacher ends it for everybody; anybody else leaves it. */
export async function leaveClass(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/learning/classes/{class_id}", at(id)));
}

/** Its room of the chat, which a teacher opens by this. */
export async function enterRoom(id: string): Promise<string> {
  const { room_id } = await data(api.POST("/api/v1/learning/classes/{class_id}/room", at(id)));
  return room_id;
}

/** Whether another teacher has accepted to take the class over. */
export function getHandover(id: string): Promise<Handover> {
  return data(api.GET("/api/v1/learning/classes/{class_id}/handover", at(id)));
}

/** A link for another teacher, shown once; the one before is good no more. */
export function offerClass(id: string): Promise<HandoverLink> {
  return data(api.POST("/api/v1/learning/classes/{class_id}/handover", at(id)));
}

export async function withdrawHandover(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/learning/classes/{class_id}/handover", at(id)));
}

/** The class is `person`'s from now on. */
export async function confirmHandover(id: string, person: string): Promise<void> {
  const to = { ...at(id), body: { person } };
  await data(api.POST("/api/v1/learning/classes/{class_id}/handover/confirm", to));
}

/** What a link hands over. */
export function offeredClass(token: string): Promise<OfferedClass> {
  return data(api.POST("/api/v1/learning/classes/handover/shown", { body: { token } }));
}

/** Gives the name and the sign by which who hands it over knows who accepted. */
export function acceptClass(token: string): Promise<{ name: string; tag: string }> {
  return data(api.POST("/api/v1/learning/classes/handover/accept", { body: { token } }));
}

export function listPupils(id: string): Promise<Pupil[]> {
  return data(api.GET("/api/v1/learning/classes/{class_id}/progress", at(id)));
}

export async function removePupil(class_id: string, person: string): Promise<void> {
  await data(
    api.DELETE("/api/v1/learning/classes/{class_id}/pupils/{person}", {
      params: { path: { class_id, person } },
    }),
  );
}

/** Progress as a table for spreadsheets. */
export function fetchTable(id: string): Promise<Blob> {
  const asked = { ...at(id), parseAs: "blob" } as const;
  return data<Blob>(api.GET("/api/v1/learning/classes/{class_id}/progress.csv", asked));
}

export function listSuggestions(id: string): Promise<Suggestion[]> {
  return data(api.GET("/api/v1/learning/classes/{class_id}/suggestions", at(id)));
}

/** Accepts a card for everybody, or removes it. */
export async function settle(class_id: string, card_id: string, accept: boolean): Promise<void> {
  const to = { params: { path: { class_id, card_id } } };
  const path = "/api/v1/learning/classes/{class_id}/suggestions/{card_id}";
  await data(accept ? api.PUT(path, to) : api.DELETE(path, to));
}

/** A scan of one's own for the class: its teacher decides. */
export async function suggest(class_id: string, job_id: string, position: number): Promise<void> {
  await data(
    api.POST("/api/v1/learning/classes/{class_id}/suggestions", {
      ...at(class_id),
      body: { job_id, position },
    }),
  );
}
