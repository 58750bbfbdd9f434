import { Component, type ReactNode } from "react";
import { ErrorPage } from "./ErrorPage";

type Props = Readonly<{ children: ReactNode }>;

/** Shows an error page in place of a page that threw. Another `key` tries again. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === null ? this.props.children : <ErrorPage error={this.state.error} />;
  }
}
