import { Component, type ReactNode } from "react";
import { Broken } from "./Broken";

type Props = Readonly<{ children: ReactNode }>;

/** Shows what broke in place of the page. Key it by what should be tried anew. */
export class Boundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === null ? this.props.children : <Broken error={this.state.error} />;
  }
}
