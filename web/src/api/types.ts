import type { components } from './schema.gen';

/** Short names for the contract's schemas; the shapes themselves are generated. */
type Schemas = components['schemas'];

export type Address = Schemas['Address'];
export type Cart = Schemas['Cart'];
export type CartLine = Schemas['CartLine'];
export type CategoryNode = Schemas['CategoryNode'];
export type Checkout = Schemas['Checkout'];
export type Completion = Schemas['Completion'];
export type Media = Schemas['Media'];
export type Money = Schemas['Money'];
export type Order = Schemas['Order'];
export type OrderSummary = Schemas['OrderSummary'];
export type PaymentConfig = Schemas['PaymentConfig'];
export type Problem = Schemas['Problem'];
export type Product = Schemas['Product'];
export type ProductSummary = Schemas['ProductSummary'];
export type SearchResults = Schemas['SearchResults'];
export type Session = Schemas['Session'];
export type ShippingMethod = Schemas['ShippingMethod'];
export type Suggestions = Schemas['Suggestions'];
export type User = Schemas['User'];
export type Variant = Schemas['Variant'];
export type Availability = ProductSummary['availability'];
