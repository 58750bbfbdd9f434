import type { components } from "./generated/schema";

/** The contract's own documents, by short names. Add a line when a page needs one; never write one by hand. */
type Schemas = components["schemas"];

export type Material = Schemas["Material"];
export type Tag = Schemas["Tag"];
export type BinKind = Schemas["BinKind"];
export type Region = Schemas["Region"];
export type Tokens = Schemas["Tokens"];
export type ProblemDocument = Schemas["Problem"];
export type Alternative = Schemas["Alternative"];
export type AnswerIn = Schemas["AnswerIn"];
export type Change = Schemas["Change"];
export type Disposal = Schemas["Disposal"];
export type Item = Schemas["Item"];
export type ItemDetails = Schemas["ItemDetails"];
export type JobStatus = Schemas["Status"];
export type JobSummary = Schemas["JobSummary"];
export type Match = Schemas["Match"];
export type NearbyBin = Schemas["NearbyBin"];
export type Part = Schemas["Part"];
export type Question = Schemas["Question"];
export type Result = Schemas["Result"];
export type StoredItem = Schemas["StoredItem"];
export type RuleRef = Schemas["RuleRef"];
export type Sign = Schemas["Pictogram"];
export type Ticket = Schemas["Ticket"];
export type BinDetails = Schemas["BinDetails"];
export type BinMap = Schemas["BinMap"];
export type BinPoint = Schemas["BinPoint"];
export type Cluster = Schemas["Cluster"];
export type DataCredit = Schemas["DataCredit"];
export type MapGround = Schemas["MapGround"];
export type Place = Schemas["PlaceSuggestion"];
export type Vote = Schemas["Vote"];
export type Asked = Schemas["Asked"];
export type Factor = Schemas["Factor"];
export type Mfa = Schemas["Mfa"];
export type Passkey = Schemas["PasskeyOut"];
export type PasskeyAnswer = Schemas["PasskeyAnswerIn"];
export type PasskeyOptions = Schemas["PasskeyOptions"];
export type SecurityEvent = Schemas["EventOut"];
export type SessionSummary = Schemas["SessionOut"];
export type Profile = Schemas["Me"];
export type ProfileChange = Schemas["MeIn"];
export type MailKind = Schemas["MailKind"];
export type Export = Schemas["ExportOut"];

/** Who is signed in. */
export type Person = Readonly<{ id: string; name: string; kind: NonNullable<Schemas["User"]["kind"]> }>;
