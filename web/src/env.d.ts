/// <reference types="vite/client" />

interface Window {
  /** Sets language, theme and contrast on <html> from what is kept and what the system prefers (index.html). */
  paint?: () => void;
}
