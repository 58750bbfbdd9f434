import { createTheme } from "@mui/material/styles";

/**
 * MUI's components in our design. All colours are the custom properties of tokens.css, so that a change of theme or
 * contrast is one attribute on <html> and renders nothing again.
 */
export const theme = createTheme({
  cssVariables: { nativeColor: true, cssVarPrefix: "m" },
  palette: {
    primary: {
      main: "var(--green)",
      light: "var(--green-tint)",
      dark: "var(--green-strong)",
      contrastText: "var(--green-on)",
    },
    secondary: {
      main: "var(--ink)",
      light: "var(--sunken)",
      dark: "var(--ink)",
      contrastText: "var(--ground)",
    },
    error: { main: "var(--bad)", light: "var(--bad)", dark: "var(--bad)", contrastText: "var(--bad-on)" },
    warning: {
      main: "var(--care)",
      light: "var(--care)",
      dark: "var(--care)",
      contrastText: "var(--ground)",
    },
    info: { main: "var(--note)", light: "var(--note)", dark: "var(--note)", contrastText: "var(--ground)" },
    success: {
      main: "var(--good)",
      light: "var(--good)",
      dark: "var(--good)",
      contrastText: "var(--green-on)",
    },
    text: { primary: "var(--ink)", secondary: "var(--muted)", disabled: "var(--muted)" },
    background: { default: "var(--ground)", paper: "var(--surface)" },
    divider: "var(--line)",
    action: {
      active: "var(--ink)",
      hover: "var(--sunken)",
      selected: "var(--green-tint)",
      disabled: "var(--muted)",
      disabledBackground: "var(--sunken)",
      focus: "var(--sunken)",
    },
  },
  shape: { borderRadius: 14 },
  breakpoints: { values: { xs: 0, sm: 600, md: 900, lg: 1200, xl: 1536 } },
  typography: {
    fontFamily: "var(--type)",
    button: { textTransform: "none", fontWeight: 650, fontSize: "1rem", letterSpacing: 0 },
    body1: { fontSize: "1rem", lineHeight: 1.6 },
    body2: { fontSize: "0.9375rem", lineHeight: 1.55 },
  },
  components: {
    // Calm: no ripples, no lift. The ring of base.css shows the focus.
    MuiButtonBase: {
      defaultProps: { disableRipple: true },
      styleOverrides: {
        root: {
          "&.Mui-focusVisible": { outline: "3px solid var(--focus)", outlineOffset: 2 },
        },
      },
    },
    MuiOutlinedInput: {
      styleOverrides: {
        root: { minHeight: "var(--touch)", background: "var(--surface)" },
        notchedOutline: { borderColor: "var(--edge)" },
      },
    },
    MuiInputBase: { styleOverrides: { input: { "&::placeholder": { color: "var(--muted)", opacity: 1 } } } },
    MuiSwitch: {
      styleOverrides: {
        root: {
          width: "3.75rem",
          height: "2.75rem",
          padding: "0.375rem 0.25rem",
          marginLeft: "0.4375rem",
          overflow: "visible",
        },
        track: {
          borderRadius: "999px",
          border: "2px solid var(--edge)",
          background: "var(--surface)",
          opacity: 1,
        },
        thumb: { width: "1.25rem", height: "1.25rem", boxShadow: "none", background: "var(--edge)" },
        switchBase: {
          padding: "0.75rem 0.625rem",
          "&.Mui-checked": { transform: "translateX(1.25rem)" },
          "&.Mui-checked .MuiSwitch-thumb": { background: "var(--green-on)" },
          "&.Mui-checked + .MuiSwitch-track": {
            background: "var(--green)",
            borderColor: "var(--green)",
            opacity: 1,
          },
          "&.Mui-focusVisible": { outline: "none" },
          "&.Mui-focusVisible + .MuiSwitch-track": { outline: "3px solid var(--focus)", outlineOffset: 2 },
        },
      },
    },
  },
});
