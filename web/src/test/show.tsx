import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { makeQueryClient } from "~/api/query";
import "~/features"; // makes their catalogues known
import { loadCatalogues, type Namespace } from "~/i18n";

/** Renders `children` as the shell would, once the texts of `namespaces` are there. */
export async function show(children: ReactNode, namespaces: readonly Namespace[] = [], at = "/") {
  await loadCatalogues(namespaces);
  return render(
    <QueryClientProvider client={makeQueryClient()}>
      <MemoryRouter initialEntries={[at]}>{children}</MemoryRouter>
    </QueryClientProvider>,
  );
}
