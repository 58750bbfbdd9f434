/** Photos that were chosen together: their order, and the jobs that each became. Known as long as the tab is open. */
import { useQueue, onRemoved, queue, subscribe } from "./list";

/** A photo by its id, and its jobs so far; it gets another when the first expired or is tried again. */
type Member = Readonly<{ id: string; jobs: readonly string[] }>;

export type BatchPlace = Readonly<{
  /** Of the photo whose job was asked for, beginning with 1. */
  number: number;
  count: number;
  /** The job of the photo before and after it: undefined when there is none, null while that photo has no job. */
  previous: string | null | undefined;
  next: string | null | undefined;
}>;

const KEY = "bunri.batch";
let members = stored();

subscribe(recordJobs);
onRemoved((id, answered) => {
  if (answered) recordJobs();
  else if (members.some((member) => member.id === id)) store(members.filter((member) => member.id !== id));
});

/** From now on these photos are the ones that belong together. */
export function startBatch(ids: readonly string[]): void {
  store(ids.map((id) => ({ id, jobs: [] })));
  recordJobs();
}

/** Where the photo of a job stands among those chosen with it; null when it was alone. */
export function useBatch(jobId: string): BatchPlace | null {
  useQueue(); // shows again when a photo gets its job
  const at = members.findIndex(({ jobs }) => jobs.includes(jobId));
  if (at < 0 || members.length < 2) return null;
  return { number: at + 1, count: members.length, previous: jobOf(at - 1), next: jobOf(at + 1) };
}

function jobOf(at: number): string | null | undefined {
  const member = members[at];
  return member && (member.jobs.at(-1) ?? null);
}

/** A photo leaves the queue with its answer, so its job is written down as soon as it has one. */
function recordJobs(): void {
  const jobs = new Map(queue().map(({ id, jobId }) => [id, jobId]));
  const isNew = ({ id, jobs: known }: Member) => {
    const job = jobs.get(id);
    return job && !known.includes(job) ? job : null;
  };
  if (!members.some(isNew)) return;
  store(
    members.map((member) => {
      const job = isNew(member);
      return job ? { ...member, jobs: [...member.jobs, job] } : member;
    }),
  );
}

function store(next: readonly Member[]): void {
  members = next;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Full or forbidden: it is known until the page is loaded again.
  }
}

function stored(): readonly Member[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as readonly Member[];
  } catch {
    return [];
  }
}
