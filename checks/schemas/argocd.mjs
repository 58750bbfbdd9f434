// Reads documents of Argo CD as a JSON list; prints a list with what is wrong with each, or null.
// The schemas know types and what must be there; they pass over names that they do not know.
import { readFileSync } from "node:fs";
import * as argo from "@kubernetes-models/argo-cd/argoproj.io/v1alpha1";

const wrong = JSON.parse(readFileSync(0, "utf8")).map((document) => {
  try {
    new argo[document.kind](document).validate();
    return null;
  } catch (error) {
    return error.message;
  }
});
console.log(JSON.stringify(wrong));
