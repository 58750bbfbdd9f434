import { page } from "../area";

/** What was asked before. */
export const history = [page("/history", ["history"], () => import("./HistoryPage"))];
