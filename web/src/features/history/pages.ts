import { page } from "../feature";

/** What was asked before. */
export const history = [page("/history", ["history"], () => import("./HistoryPage"))];
