import { Component, type ReactNode } from "react";
import { ErrorPage } from "./ErrorPage";

type Props = Readonly<{ children: ReactNode }>;

/** Shows what broke in place of the page. Key it by what should be tried anew. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === null ? this.props.children : <ErrorPage error={this.state.error} />;
  }
}
