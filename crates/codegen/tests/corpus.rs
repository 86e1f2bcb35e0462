//! Generates code from small documents with one defect each, all of them found in real documents, and compares the
//! signatures of operations, the fields of types and the values of enumerations with hand-written expectations.
//!
//! A row consists of the document under `tests/corpus`, its signature lines, and parts of lines that its report must
//! contain.

use onlyfansapi_codegen::{Document, generate};

use crate::support::corpus::{documents, folder, lines};

type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("content-types/any-json.yaml", &[
        "fn send_any_json(n: i64 <body n>!, tags: Vec<String> <body tags>) [POST /ct-any-json] json application/hal+json: other::SendAnyJsonBody -> Value, whole",
        "struct other::SendAnyJsonBody { n: i64, tags: Option<Vec<String>> }",
    ], &[]),
    ("content-types/any.yaml", &[
        "fn send_any(n: i64 <body n>!, tags: Vec<String> <body tags>) [POST /ct-any] json application/json: other::SendAnyBody -> Value, whole",
        "struct other::SendAnyBody { n: i64, tags: Option<Vec<String>> }",
    ], &[]),
    ("content-types/file-words.yaml", &[
        "fn upload_words(many: FilePart <files many[]>, one: FilePart <file one>) [POST /ct-words] multipart multipart/form-data: Map<String, Value> -> Value, whole",
    ], &["type \"file[]\" -> the contents of a file"]),
    ("content-types/form.yaml", &[
        "fn send_form(n: i64 <body n>!, tags: Vec<String> <body tags>) [POST /ct-form] form application/x-www-form-urlencoded: other::SendFormBody -> Value, whole",
        "struct other::SendFormBody { n: i64, tags: Option<Vec<String>> }",
    ], &["request body of application/x-www-form-urlencoded -> sent as form"]),
    ("content-types/json-patch.yaml", &[
        "fn send_json_patch(n: i64 <body n>!, tags: Vec<String> <body tags>) [POST /ct-json-patch] json application/json-patch+json: other::SendJsonPatchBody -> Value, whole",
        "struct other::SendJsonPatchBody { n: i64, tags: Option<Vec<String>> }",
    ], &[]),
    ("content-types/multipart-reference.yaml", &[
        "fn upload_referenced(note: String <body note>, photo: FilePart <file photo>) [POST /ct-multipart-reference] multipart multipart/form-data: other::UploadReferencedBody -> Value, whole",
        "struct other::UploadReferencedBody { note: Option<String> }",
    ], &[]),
    ("content-types/multipart.yaml", &[
        "fn upload_file(either: MediaRef <body either>, file: FilePart <file file>!, file_either: FilePart <files either[]>, kind: other::UploadFileBodyKind <body kind>!, others: FilePart <files others[]>, tags: Vec<String> <body tags>) [POST /ct-multipart] multipart multipart/form-data: other::UploadFileBody -> Value, whole",
        "struct other::UploadFileBody { either: Option<MediaRef>, kind: UploadFileBodyKind, tags: Option<Vec<String>> }",
        "enum other::UploadFileBodyKind { Avatar = avatar, Header = header }",
    ], &["field -> a file, which is streamed"]),
    ("content-types/octet-stream-of-binary.yaml", &[
        "fn put_binary() [PUT /ct-binary] bytes application/octet-stream: Body -> Value, whole",
    ], &[]),
    ("content-types/octet-stream.yaml", &[
        "fn send_octet_stream() [POST /ct-octet-stream] bytes application/octet-stream: Body -> Value, whole",
    ], &["request body of application/octet-stream -> sent as bytes"]),
    ("content-types/several.yaml", &[
        "fn send_several(n: i64 <body n>!, tags: Vec<String> <body tags>) [POST /ct-several] json application/json: other::SendSeveralBody -> Value, whole",
        "struct other::SendSeveralBody { n: i64, tags: Option<Vec<String>> }",
    ], &["application/xml -> dropped in favor of application/json", "multipart/form-data -> dropped in favor of application/json"]),
    ("content-types/text.yaml", &[
        "fn send_text() [POST /ct-text] bytes text/plain: Body -> Value, whole",
    ], &[]),
    ("content-types/vnd-api-json.yaml", &[
        "fn send_vnd_api_json(n: i64 <body n>!, tags: Vec<String> <body tags>) [POST /ct-vnd-api-json] json application/vnd.api+json: other::SendVndApiJsonBody -> Value, whole",
        "struct other::SendVndApiJsonBody { n: i64, tags: Option<Vec<String>> }",
    ], &[]),
    ("content-types/xml.yaml", &[
        "fn send_xml() [POST /ct-xml] bytes application/xml: Body -> Value, whole",
    ], &[]),
    ("enums/casing.yaml", &[
        "fn enum_casing(v: other::EnumCasingV <query v>) [GET /en-c] -> other::EnumCasing, whole",
        "struct other::EnumCasing { v: Option<EnumCasingV> }",
        "enum other::EnumCasingV { Asc = asc, AscUpper = ASC, Desc = desc, DescUpper = DESC }",
    ], &["values without unique Rust names -> `asc` is Asc, `ASC` is AscUpper"]),
    ("enums/duplicates.yaml", &[
        "fn enum_twice(v: other::EnumTwiceV <query v>) [GET /en-e] -> other::EnumTwice, whole",
        "struct other::EnumTwice { v: Option<EnumTwiceV> }",
        "enum other::EnumTwiceV { A = a, B = b }",
    ], &["3 values, including null or duplicates -> 2"]),
    ("enums/empty-string.yaml", &[
        "fn enum_empty(v: other::EnumEmptyV <query v>) [GET /en-b] -> other::EnumEmpty, whole",
        "struct other::EnumEmpty { v: Option<EnumEmptyV> }",
        "enum other::EnumEmptyV { A = a, Empty =  }",
    ], &[]),
    ("enums/mixed.yaml", &[
        "fn enum_mixed(v: Value <query v>) [GET /en-f] -> other::EnumMixed, whole",
        "struct other::EnumMixed { v: Option<Value> }",
    ], &["enumeration `1`, `true`, `two` -> the plain type"]),
    ("enums/null.yaml", &[
        "fn enum_null(v: other::EnumNullV <query v>) [GET /en-a] -> other::EnumNull, whole",
        "struct other::EnumNull { v: Option<EnumNullV> }",
        "enum other::EnumNullV { A = a }",
    ], &[]),
    ("enums/number-strings.yaml", &[
        "fn enum_number_texts(v: other::EnumNumberTextsV <query v>) [GET /en-h] -> other::EnumNumberTexts, whole",
        "struct other::EnumNumberTexts { v: Option<EnumNumberTextsV> }",
        "enum other::EnumNumberTextsV { X1 = 1, X2 = 2 }",
    ], &[]),
    ("enums/numbers.yaml", &[
        "fn enum_numbers(v: i64 <query v>) [GET /en-g] -> other::EnumNumbers, whole",
        "struct other::EnumNumbers { v: Option<i64> }",
    ], &[]),
    ("enums/other.yaml", &[
        "fn enum_other(v: other::EnumOtherV <query v>) [GET /en-i] -> other::EnumOther, whole",
        "struct other::EnumOther { v: Option<EnumOtherV> }",
        "enum other::EnumOtherV { OtherValue = other, OtherValueV2 = Other, SelfValue = self }",
    ], &[]),
    ("enums/plus-one.yaml", &[
        "fn enum_plus_one(v: other::EnumPlusOneV <query v>) [GET /en-k] -> Value, whole",
        "enum other::EnumPlusOneV { Heart = heart, Plus1 = +1 }",
    ], &["`+1` is Plus1"]),
    ("enums/sign.yaml", &[
        "fn enum_sign(v: other::EnumSignV <query v>) [GET /en-d] -> other::EnumSign, whole",
        "struct other::EnumSign { v: Option<EnumSignV> }",
        "enum other::EnumSignV { MinusName = -name, Name = name }",
    ], &[]),
    ("enums/signs.yaml", &[
        "fn enum_signs(v: other::EnumSignsV <query v>) [GET /en-j] -> other::EnumSigns, whole",
        "struct other::EnumSigns { v: Option<EnumSignsV> }",
        "enum other::EnumSignsV { Equal = =, Less = <, LessEqual = <=, SlightSmile = 🙂 }",
    ], &[]),
    ("names/body.yaml", &[
        "fn name_body(_2nd: String <body 2nd>, body_body: String <body body>, body_new: String <body new>!, body_send: String <body send>, default: String <body default>!, self_: String <body self>, type_: String <body type>!) [POST /nm-b] json application/json: other::NameBodyBody -> Value, whole",
        "struct other::NameBodyBody { body: Option<String>, default: String, new: String, self_: Option<String> <self>, send: Option<String>, type_: String <type>, x2nd: Option<String> <2nd> }",
    ], &[]),
    ("names/fields.yaml", &[
        "fn name_fields() [GET /nm-a] -> other::NameFields, whole",
        "struct other::NameFields { crate_: Option<String> <crate>, empty: Option<String> <>, foo_bar: Option<String>, foo_bar_2: Option<String> <fooBar>, id: Option<String>, imia: Option<String> <имя>, items: Option<String>, minus_1: Option<i64> <-1>, name: Option<String> <{name}>, pattern: Option<String>, plus_1: Option<i64> <+1>, properties: Option<String>, required: Option<String>, self_: Option<String> <self>, type_: Option<String> <type>, type_field: Option<String> <@type>, underscore_id: Option<String> <_id>, x2fa: Option<String> <2fa>, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: Option<String> <xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx> }",
    ], &["`_id` -> field `underscore_id`"]),
    ("names/parameters.yaml", &[
        "fn name_parameters(_2fa: String <query 2fa>, imia: String <query имя>, plus_1: String <query +1>, query_send: String <query send>, self_: String <query self>, type_: String <query type>, x_self: String <header X-Self>) [GET /nm-c] -> Value, whole",
    ], &[]),
    ("names/required-body.yaml", &[
        "fn name_required(default_unit: String <body defaultUnit>!, note: String <body note>!, skip_serializing_if: String <body skip_serializing_if>!) [POST /nm-j] json application/json: other::NameRequiredBody -> Value, whole",
        "struct other::NameRequiredBody { default_unit: String <defaultUnit>, note: Option<String>, skip_serializing_if: String }",
    ], &[]),
    ("names/tags.yaml", &[
        "fn name_tag_a() [GET /nm-d] -> Value, whole",
        "fn name_tag_b() [GET /nm-e] -> Value, whole",
        "fn name_tag_c() [GET /nm-f] -> Value, whole",
        "fn name_tag_d() [GET /nm-g] -> error::NameTagD, whole",
        "fn name_tag_e() [GET /nm-h] -> Value, whole",
        "struct error::NameTagD { name_tag_error: Option<NameTagError> <nameTagError> }",
        "struct error::NameTagError { a: Option<String> }",
    ], &[]),
    ("names/types.yaml", &[
        "fn name_types() [GET /nm-i] -> other::NmTypesV1, whole",
        "struct other::ApiErrorModel { g: Option<String> }",
        "struct other::N2fa { h: Option<String> }",
        "struct other::NmTwin { e: Option<String> }",
        "struct other::NmTwin2 { f: Option<String> }",
        "struct other::NmTypesV1 { digit: Option<N2fa>, error: Option<ApiErrorModel>, option: Option<OptionModel>, self_: Option<SelfModel> <self>, string: Option<StringModel>, twin: Option<NmTwin>, twin2: Option<NmTwin2>, vec: Option<VecModel> }",
        "struct other::OptionModel { a: Option<String> }",
        "struct other::SelfModel { d: Option<String> }",
        "struct other::StringModel { b: Option<String> }",
        "struct other::VecModel { c: Option<String> }",
    ], &["`Option` -> `OptionModel`: renamed to a valid, unique Rust type name"]),
    ("operation-ids/150-characters.yaml", &[
        "fn post_oid_long() [POST /oid-long] -> Value, whole",
    ], &["operationId of 150 characters is too long -> `post_oid_long`: derived from method and path"]),
    ("operation-ids/digit-first.yaml", &[
        "fn post_oid_digit() [POST /oid-digit] -> Value, whole",
    ], &["operationId `2faSubmit` does not start with a letter -> `post_oid_digit`: derived from method and path"]),
    ("operation-ids/digit-in-quotes.yaml", &[
        "fn get_oid_one() [GET /oid-one] -> Value, whole",
    ], &["operationId `1` does not start with a letter -> `get_oid_one`: derived from method and path"]),
    ("operation-ids/duplicated.yaml", &[
        "fn get_oid_twice_b() [GET /oid-twice/b] -> Value, whole",
        "fn list_twice() [GET /oid-twice/a] -> Value, whole",
        "fn post_oid_twice_c() [POST /oid-twice/c] -> Value, whole",
    ], &["`list_twice` -> `get_oid_twice_b`: the name is already taken", "`list_twice` -> `post_oid_twice_c`: the name is already taken"]),
    ("operation-ids/empty.yaml", &[
        "fn get_oid_empty() [GET /oid-empty] -> Value, whole",
    ], &["no operationId -> `get_oid_empty`: derived from method and path"]),
    ("operation-ids/keyword.yaml", &[
        "fn type_() [GET /oid-keyword] -> Value, whole",
    ], &[]),
    ("operation-ids/missing.yaml", &[
        "fn get_oid_missing_id_rows(id: String <path id>!) [GET /oid-missing/{id}/rows] -> Value, whole",
    ], &["no operationId -> `get_oid_missing_id_rows`: derived from method and path", "undeclared -> path parameter `id`, a string"]),
    ("operation-ids/new.yaml", &[
        "fn get_oid_new() [GET /oid-new] -> Value, whole",
    ], &["operationId `new` is reserved by the client -> `get_oid_new`: derived from method and path"]),
    ("operation-ids/non-latin.yaml", &[
        "fn get_oid_script_id(id: String <path id>!) [GET /oid-script/{id}] -> Value, whole",
    ], &["operationId `получитьЧаты` is not in Latin script -> `get_oid_script_id`: derived from method and path", "undeclared -> path parameter `id`, a string"]),
    ("operation-ids/number.yaml", &[
        "fn get_oid_number() [GET /oid-number] -> Value, whole",
    ], &["operationId `7` does not start with a letter -> `get_oid_number`: derived from method and path"]),
    ("operation-ids/plus.yaml", &[
        "fn a_b() [GET /oid-plus] -> Value, whole",
    ], &[]),
    ("parameters/brackets.yaml", &[
        "fn par_brackets(ids: Vec<String> <query ids[]>, page_size: i64 <query page[size]>) [GET /par-h] -> Value, whole",
    ], &[]),
    ("parameters/comma.yaml", &[
        "fn par_comma(ids: Vec<i64> <query ids, comma>) [GET /par-f] -> Value, whole",
    ], &[]),
    ("parameters/cookie.yaml", &[
        "fn par_cookie(session: String <cookie session>!) [GET /par-j] -> Value, whole",
    ], &[]),
    ("parameters/deep-object.yaml", &[
        "fn par_deep_object(created: other::ParDeepObjectCreated <query created>) [GET /par-c] -> Value, whole",
        "struct other::ParDeepObjectCreated { gte: Option<i64> }",
    ], &[]),
    ("parameters/free-object.yaml", &[
        "fn par_free_object(filter: Map<String, Value> <query filter>) [GET /par-b] -> Value, whole",
    ], &[]),
    ("parameters/map.yaml", &[
        "fn par_map(x: String <query x>) [GET /par-o] -> Value, whole",
    ], &[]),
    ("parameters/no-schema.yaml", &[
        "fn par_no_schema(a: String <query a>, b: i64 <query b>, c: String <query c>, d: String <query d>) [GET /par-n] -> Value, whole",
    ], &["parameter in \"\" -> in query", "a string -> dropped: a parameter must be an object"]),
    ("parameters/object.yaml", &[
        "fn par_object(filter: other::ParObjectFilter <query filter>) [GET /par-a] -> Value, whole",
        "struct other::ParObjectFilter { online: Option<bool>, tag: Option<String> }",
    ], &[]),
    ("parameters/pipe-delimited.yaml", &[
        "fn par_pipe(ids: Vec<i64> <query ids, pipe>) [GET /par-e] -> Value, whole",
    ], &["PHP notation -> pipe: specified by the document"]),
    ("parameters/repeated.yaml", &[
        "fn par_repeated(ids: Vec<i64> <query ids, repeated>) [GET /par-g] -> Value, whole",
    ], &[]),
    ("parameters/space-delimited.yaml", &[
        "fn par_space(ids: Vec<i64> <query ids, space>) [GET /par-d] -> Value, whole",
    ], &[]),
    ("parameters/transport-headers.yaml", &[
        "fn par_headers(x_trace: String <header X-Trace>) [GET /par-k] -> Value, whole",
    ], &["header \"Authorization\" -> dropped: set by the transport"]),
    ("parameters/twice.yaml", &[
        "fn par_twice(q: String <query q>) [GET /par-l] -> Value, whole",
    ], &["parameter `q` declared twice -> the first declaration"]),
    ("parameters/wildcard.yaml", &[
        "fn par_wildcard(roles: Vec<String> <query roles[]>, tags: Vec<String> <query tags[]>) [GET /par-i] -> Value, whole",
    ], &["`tags.*` -> not sent: it is a validation rule for array items"]),
    ("parameters/wrong-default.yaml", &[
        "fn par_default(limit: i64 <query limit>, on: bool <query on>) [GET /par-m] -> Value, whole",
    ], &[]),
    ("paths/declared-not-there.yaml", &[
        "fn pp_extra(id: i64 <path id>!) [GET /pp-a/{id}] -> Value, whole",
    ], &["path parameter \"gone\" -> dropped: not in the path"]),
    ("paths/frameworks.yaml", &[
        "fn pp_frameworks(id: i64 <path id>!, name: String <path name>!) [GET /pp-h/{id}/{name}] -> Value, whole",
    ], &[]),
    ("paths/name-in-body.yaml", &[
        "fn pp_body(body_id: bool <body id>, id: String <path id>!, query_id: i64 <query id>) [PUT /pp-f/{id}] json application/json: other::PpBodyBody -> Value, whole",
        "struct other::PpBodyBody { id: Option<bool> }",
    ], &[]),
    ("paths/not-declared.yaml", &[
        "fn pp_missing(id: String <path id>!, other: i64 <path other>!) [GET /pp-b/{id}/{other}] -> Value, whole",
    ], &["undeclared -> path parameter `id`, a string"]),
    ("paths/optional.yaml", &[
        "fn pp_optional(id: i64 <path id>!) [GET /pp-c/{id}] -> Value, whole",
    ], &["`/pp-c/{id?}` -> `/pp-c/{id}`"]),
    ("paths/other-spelling.yaml", &[
        "fn pp_other(user_id: i64 <path user_id>!) [GET /pp-e/{user_id}] -> Value, whole",
    ], &["path parameter \"userId\" -> `user_id`, as in the path"]),
    ("paths/spelling.yaml", &[
        "fn pp_spelling(list_name: String <path list-name>!, user_id: String <path userId>!) [GET /pp-d/{userId}/{list-name}] -> Value, whole",
    ], &[]),
    ("paths/unclosed-brace.yaml", &[
    ], &["`/pp-g/{id` -> left out: unclosed brace in the path: the request URL is undefined"]),
    ("php/array-without-items.yaml", &[
        "fn php_no_items() [GET /php-f] -> other::PhpNoItems, whole",
        "struct other::PhpNoItems { ids: Option<Vec<i64>>, tags: Option<Vec<Value>> }",
    ], &[]),
    ("php/empty-list-for-object.yaml", &[
        "fn php_empty_body() [POST /php-d] -> Value, whole",
    ], &["a list -> an empty object: nothing is documented"]),
    ("php/empty-properties.yaml", &[
        "fn php_empty_properties() [GET /php-a] -> Map<String, Value>, envelope",
    ], &["a list -> an empty object: `properties` must be an object"]),
    ("php/empty-schema-list.yaml", &[
        "fn php_empty_schema() [GET /php-h] -> Value, whole",
    ], &[]),
    ("php/enum-on-array.yaml", &[
        "fn php_enum_on_array(kinds: Vec<other::PhpEnumOnArrayKindsItem> <query kinds[]>) [GET /php-g] -> Value, whole",
        "enum other::PhpEnumOnArrayKindsItem { A = a, B = b }",
    ], &["`enum` on an array -> `enum` on its items"]),
    ("php/integer-keys.yaml", &[
        "fn php_integer_keys() [GET /php-c] -> other::PhpIntegerKeys, whole",
        "struct other::PhpIntegerKeys { sources: Option<HashMap<String, String>> }",
    ], &["2 properties whose names are numbers -> a map"]),
    ("php/list-in-list.yaml", &[
        "fn php_list_in_list() [GET /php-e] -> other::PhpListInList, whole",
        "struct other::PhpListInList { matrix: Option<Vec<Value>>, points: Option<Vec<Vec<Value>>> }",
    ], &[]),
    ("php/list-of-properties.yaml", &[
        "fn php_list_of_properties() [GET /php-b] -> other::PhpListOfProperties, whole",
        "struct other::PhpListOfProperties { rows: Option<HashMap<String, PhpListOfProperty>> }",
        "struct other::PhpListOfProperty { id: Option<i64> }",
    ], &["a list -> an object with numeric keys (1)"]),
    ("references/all-of.yaml", &[
        "fn ref_all_of() [GET /ref-c] -> other::RefChild, whole",
        "struct other::RefBase { id: Option<i64> }",
        "struct other::RefChild { base: Option<RefBase>, id: Option<i64>, name: Option<String> }",
    ], &["`allOf` with 2 parts -> one schema with all their fields"]),
    ("references/elsewhere.yaml", &[
        "fn ref_elsewhere() [GET /ref-e] -> other::RefElsewhere, whole",
        "struct other::Get200User { name: Option<String> }",
        "struct other::RefElsewhere { old: Option<RefOld>, same: Option<Get200User>, user: Option<Get200User> }",
        "struct other::RefOld { year: Option<i64> }",
    ], &["`#/definitions/RefOld` -> component RefOld"]),
    ("references/every-kind.yaml", &[
        "fn ref_every_kind(id: i64 <path id>!, limit: i64 <query limit>, tags: Vec<other::RefTag> <body tags>, user: other::RefUserInput <body user>!) [POST /ref-a/{id}] json application/json: other::RefInput -> other::RefUser, whole",
        "struct other::RefInput { tags: Option<Vec<RefTag>>, user: RefUserInput }",
        "struct other::RefUser { best: Option<Box<RefUser>>, friends: Option<Vec<RefUser>>, name: Option<String>, tag: Option<RefTag> }",
        "struct other::RefUserInput { best: Option<Box<RefUserInput>>, friends: Option<Vec<RefUserInput>>, name: String, tag: Option<RefTag> }",
        "enum other::RefTag { Blue = blue, Red = red }",
    ], &["RefUser, used in responses and requests -> RefUser and RefUserInput"]),
    ("references/recursive.yaml", &[
        "fn ref_recursive() [GET /ref-b] -> other::RefNode, whole",
        "struct other::RefNode { by_name: Option<HashMap<String, RefNode>>, kids: Option<Vec<RefNode>>, left: Option<Box<RefNode>>, tree: Option<Vec<Value>> }",
    ], &["RefTree, which contains itself -> any JSON value"]),
    ("references/unresolved.yaml", &[
        "fn ref_unresolved(q: Value <query q>) [POST /ref-d] json application/json: Value -> other::RefUnresolved, whole",
        "struct other::RefUnresolved { gone: Option<Value>, id: Option<i64> }",
    ], &["`#/components/parameters/RefGone` -> dropped: its target does not exist", "`https://example.com/body.json` -> any JSON value: it points outside the document", "`other.yaml#/Q` -> any JSON value: it points outside the document", "`#/components/schemas/RefNowhere` -> any JSON value: its target does not exist"]),
    ("responses/2xx.yaml", &[
        "fn answer_2xx() [GET /rs-2xx] -> other::Answer2xx, whole",
        "struct other::Answer2xx { id: Option<i64> }",
    ], &[]),
    ("responses/binary.yaml", &[
        "fn answer_binary() [GET /rs-binary] -> Blob, bytes",
    ], &["200 is image/png -> a byte stream"]),
    ("responses/default-beside-200.yaml", &[
        "fn answer_default_beside_200() [GET /rs-default-beside-200] -> other::AnswerDefaultBeside200Answer, whole",
        "struct other::AnswerDefaultBeside200Answer { id: Option<i64> }",
    ], &[]),
    ("responses/default.yaml", &[
        "fn answer_default() [GET /rs-default] -> other::AnswerDefault, whole",
        "struct other::AnswerDefault { id: Option<i64> }",
    ], &[]),
    ("responses/differing-errors.yaml", &[
        "fn answer_differing_errors() [GET /rs-differing-errors] -> other::AnswerDifferingErrors, whole",
        "struct other::AnswerDifferingErrors { id: Option<i64> }",
    ], &["404, 422 and undocumented failures -> the shared type ApiError"]),
    ("responses/empty.yaml", &[
        "fn answer_empty() [GET /rs-empty] -> Value, whole",
    ], &[]),
    ("responses/html.yaml", &[
        "fn answer_html() [GET /rs-html] -> String, text",
    ], &[]),
    ("responses/json-as-text.yaml", &[
        "fn answer_json_as_text() [GET /rs-json-as-text] -> other::AnswerJsonAsText, whole",
        "struct other::AnswerJsonAsText { id: Option<i64>, tags: Option<Vec<String>> }",
    ], &["200 is text/plain that contains JSON -> read as JSON"]),
    ("responses/no-content-with-content.yaml", &[
        "fn answer_no_content_with_content() [GET /rs-no-content-with-content] -> nothing, empty",
    ], &["204 has no body -> its documented content is ignored"]),
    ("responses/no-schema-but-example.yaml", &[
        "fn answer_no_schema_but_example() [GET /rs-no-schema-but-example] -> other::AnswerNoSchemaButExample, whole",
        "struct other::AnswerNoSchemaButExample { id: Option<i64>, name: Option<String> }",
    ], &[]),
    ("responses/no-schema.yaml", &[
        "fn answer_no_schema() [GET /rs-no-schema] -> Value, whole",
    ], &[]),
    ("responses/none.yaml", &[
        "fn answer_none() [GET /rs-none] -> Value, whole",
    ], &["no success documented -> any JSON value"]),
    ("responses/null.yaml", &[
        "fn answer_null() [GET /rs-null] -> nothing, empty",
    ], &[]),
    ("responses/one-of-unlike.yaml", &[
        "fn answer_one_of_unlike() [GET /rs-one-of-unlike] -> other::AnswerOneOfUnlike, whole",
        "struct other::AnswerOneOfUnlike { v: Option<Value> }",
    ], &[]),
    ("responses/one-of.yaml", &[
        "fn answer_one_of() [GET /rs-one-of] -> other::AnswerOneOf, whole",
        "struct other::AnswerOneOf { error: Option<String>, id: Option<i64> }",
    ], &["`oneOf` with 2 branches -> one schema with all their fields"]),
    ("responses/only-failures.yaml", &[
        "fn answer_only_failures() [GET /rs-only-failures] -> Value, whole",
    ], &[]),
    ("responses/pdf-without-schema.yaml", &[
        "fn answer_pdf_without_schema() [GET /rs-pdf-without-schema] -> Blob, bytes",
    ], &[]),
    ("responses/redirect.yaml", &[
        "fn answer_redirect() [GET /rs-redirect] -> Location, redirect",
    ], &[]),
    ("responses/several-successes.yaml", &[
        "fn answer_several_successes() [GET /rs-several-successes] -> other::AnswerSeveralSuccesses, whole",
        "struct other::AnswerSeveralSuccesses { id: Option<i64>, polling_url: Option<String> }",
    ], &["different bodies for 200, 202 -> one type with all their fields"]),
    ("responses/text.yaml", &[
        "fn answer_text() [GET /rs-text] -> String, text",
    ], &[]),
    ("rest/anchors.yaml", &[
        "fn rest_alias(page: i64 <query page>) [POST /rest-d] -> Value, whole",
        "fn rest_anchor(page: i64 <query page>) [GET /rest-d] -> Value, whole",
    ], &[]),
    ("rest/bodies-on-get-and-delete.yaml", &[
        "fn rest_delete_body(n: i64 <body n>!, tags: Vec<String> <body tags>) [DELETE /rest-a] json application/json: other::RestDeleteBodyBody -> Value, whole",
        "fn rest_get_body(n: i64 <body n>!, tags: Vec<String> <body tags>) [GET /rest-a] json application/json: other::RestGetBodyBody -> Value, whole",
        "struct other::RestDeleteBodyBody { n: i64, tags: Option<Vec<String>> }",
        "struct other::RestGetBodyBody { n: i64, tags: Option<Vec<String>> }",
    ], &[]),
    ("rest/duplicate-keys.yaml", &[
        "fn rest_duplicate() [GET /rest-c] -> other::RestDuplicate, whole",
        "struct other::RestDuplicate { a: Option<i64> }",
    ], &["duplicate key `a` with a different value; the last one is used (line 7, 7)"]),
    ("rest/html-and-links.yaml", &[
        "fn rest_docs() [GET /rest-g] -> Value, whole",
    ], &[]),
    ("rest/methods.yaml", &[
        "fn head_rest_e() [HEAD /rest-e] -> Value, whole",
        "fn rest_capitals() [GET /rest-e] -> Value, whole",
        "fn rest_options() [OPTIONS /rest-e] -> Value, whole",
        "fn rest_trace() [TRACE /rest-e] -> Value, whole",
    ], &["null -> an undocumented operation", "a number -> a path without operations", "no operationId -> `head_rest_e`: derived from method and path", "`GET` -> `get`: method names are lowercase"]),
    ("rest/surrogate-pairs.json", &[
        "fn rest_surrogates() [GET /rest-b] -> other::RestSurrogates, whole",
        "struct other::RestSurrogates { grinning: Option<String> <😀> }",
    ], &[]),
    ("type-words/answer.yaml", &[
        "fn tw_answer() [GET /tw-answer] -> other::TwAnswer, whole",
        "struct other::TwAnswer { a: Option<String>, b: Option<String>, c: Option<f64>, d: Option<i64>, e: Option<f64>, f: Option<bool>, g: Option<String>, h: Option<String>, i: Option<String>, j: Option<Vec<Value>>, k: Option<Value>, l: Option<Value>, m: Option<Value>, n: Option<f64> }",
    ], &["type \"required\" -> any JSON value: no matching JSON Schema type", "type \"['nl',\" -> any JSON value: no matching JSON Schema type", "type \"string|integer\" -> any JSON value: no matching JSON Schema type", "type \"datetime\" -> `string`"]),
    ("type-words/body.yaml", &[
        "fn tw_body(a: String <body a>, b: String <body b>, c: f64 <body c>, d: i64 <body d>, e: f64 <body e>, f: bool <body f>, g: String <body g>, h: String <body h>, i: String <body i>, j: Vec<Value> <body j>, k: Value <body k>, l: Value <body l>, m: Value <body m>, n: f64 <body n>, o: String <body o>, p: Value <body p>, q: MediaRef <body q>, r: String <body r>) [POST /tw-body] json application/json: other::TwBodyBody -> Value, whole",
        "struct other::TwBodyBody { a: Option<String>, b: Option<String>, c: Option<f64>, d: Option<i64>, e: Option<f64>, f: Option<bool>, g: Option<String>, h: Option<String>, i: Option<String>, j: Option<Vec<Value>>, k: Option<Value>, l: Option<Value>, m: Option<Value>, n: Option<f64>, o: Option<String>, p: Option<Value>, q: Option<MediaRef>, r: Option<String> }",
    ], &["type \"required\" -> any JSON value: no matching JSON Schema type", "type \"['nl',\" -> any JSON value: no matching JSON Schema type", "type \"string|integer\" -> any JSON value: no matching JSON Schema type", "type [\"string\",\"integer\"] -> any JSON value: no matching JSON Schema type", "type \"bool\" -> `boolean`"]),
    ("type-words/contradiction.yaml", &[
        "fn tw_contradiction(a: Vec<i64> <body a>) [POST /tw-contradiction] json application/json: other::TwContradictionBody -> other::TwContradiction, whole",
        "struct other::TwContradiction { id: Option<i64> }",
        "struct other::TwContradictionBody { a: Option<Vec<i64>> }",
    ], &["type \"date\" -> `object`: implied by its members"]),
    ("type-words/query.yaml", &[
        "fn tw_query(a: String <query a>, b: String <query b>, c: f64 <query c>, d: i64 <query d>, e: f64 <query e>, f: bool <query f>, g: String <query g>, h: String <query h>, i: String <query i>, j: Vec<Value> <query j[]>, k: Value <query k>, l: Value <query l>, m: Value <query m>, n: f64 <query n>) [GET /tw-query] -> Value, whole",
    ], &["type \"required\" -> any JSON value: no matching JSON Schema type", "type \"['nl',\" -> any JSON value: no matching JSON Schema type", "type \"string|integer\" -> any JSON value: no matching JSON Schema type"]),
    ("names/other-digits.yaml", &[
        "fn name_digits() [GET /nm-l] -> other::NameDigits, whole",
        "struct other::NameDigits { n1yue: Option<i64> <1月>, type_: Option<String> <type>, type_field: Option<String> <týpe> }",
    ], &[]),
    ("names/setters-of-new.yaml", &[
        "fn name_setters(body_new: String <body new>, default: String <body default>, set_new: String <body set_new>) [POST /nm-k] json application/json: other::NameSettersBody -> Value, whole",
        "struct other::NameSettersBody { default: Option<String>, new: Option<String>, set_new: Option<String> }",
    ], &[]),
    ("operation-ids/names-of-the-builders.yaml", &[
        "fn all() [GET /oid-own/all] -> nothing, empty",
        "fn body() [GET /oid-own/body] -> nothing, empty",
        "fn draft() [GET /oid-own/draft] -> nothing, empty",
        "fn error() [GET /oid-own/error] -> nothing, empty",
        "fn fetch() [GET /oid-own/fetch] -> nothing, empty",
        "fn file_part() [GET /oid-own/filePart] -> nothing, empty",
        "fn option() [GET /oid-own/option] -> nothing, empty",
        "fn result() [GET /oid-own/result] -> nothing, empty",
        "fn send() [GET /oid-own/send] -> nothing, empty",
        "fn string() [GET /oid-own/string] -> nothing, empty",
    ], &[]),
    ("references/all-of-itself.yaml", &[
        "fn ref_all_of_itself() [GET /ref-f] -> other::RefLoop, whole",
        "struct other::Kid { kids: Option<Vec<RefLoop>>, name: Option<String>, order: Option<i64>, parent: Option<RefLoop> }",
        "struct other::RefLoop { kids: Option<Vec<Kid>>, name: Option<String>, parent: Option<Box<RefLoop>> }",
    ], &[]),
    ("references/all-of-required.yaml", &[
        "fn ref_required(name: String <body name>!, status: other::RefStatus <body status>) [POST /ref-h] json application/json: other::RefRequiredBody -> Value, whole",
        "struct other::RefRequiredBody { name: String, status: Option<RefStatus> }",
        "enum other::RefStatus { Off = off, On = on }",
    ], &[]),
    ("references/all-of-unions.yaml", &[
        "fn ref_unions() [GET /ref-g] -> other::RefUnions, whole",
        "struct other::RefUnions { a: Option<String>, b: Option<String>, c: Option<String>, d: Option<String>, e: Option<String> }",
    ], &[]),
    ("references/of-a-path-item.yaml", &[
        "fn ref_of_path_item(kind: other::RefKind <path kind>!) [GET /ref-i/{kind}] -> Value, whole",
        "enum other::RefKind { Big = big, Small = small }",
    ], &[]),
    ("responses/one-of-free-list.yaml", &[
        "fn answer_free() [GET /rs-free] -> other::AnswerFree, whole",
        "struct other::AnswerFree { v: Option<Value>, w: Option<AnswerFreeW> }",
        "enum other::AnswerFreeW { A = a, B = b }",
    ], &[]),
    ("responses/xml.yaml", &[
        "fn answer_events() [GET /rs-events] -> Blob, bytes",
        "fn answer_xml() [GET /rs-xml] -> String, text",
    ], &[]),
    ("rest/null-object.yaml", &[
        "fn rest_list() [POST /rest-i] json application/json: Vec<i64> -> Value, whole",
        "fn rest_null_object(obj: other::RestNullObjectBodyObj <body obj>) [POST /rest-h] json application/json: other::RestNullObjectBody -> Value, whole",
        "struct other::RestNullObjectBody { obj: Option<RestNullObjectBodyObj> }",
        "struct other::RestNullObjectBodyObj { a: Option<String> }",
    ], &[]),
];

#[test]
fn every_document_produces_the_expected_signatures_and_report() {
    let mut wrong = Vec::new();
    for (case, expected, expected_report) in ROWS {
        let file = folder().join(case);
        let output = generate(Document::read(&file).unwrap(), None, None);
        let output = match output {
            Ok(output) => output,
            Err(error) => {
                wrong.push(format!("{case}: {error}"));
                continue;
            }
        };
        let found = lines(&output.signatures);
        for line in *expected {
            if !found.iter().any(|known| known == line) {
                wrong.push(format!(
                    "{case}: missing line\n    {line}\n  in\n    {}",
                    found.join("\n    ")
                ));
            }
        }
        if found.len() != expected.len() {
            wrong.push(format!(
                "{case}: found {} lines, expected {}",
                found.len(),
                expected.len()
            ));
        }
        let report: Vec<String> = output
            .report
            .changes()
            .iter()
            .map(|change| change.description.clone())
            .collect();
        for part in *expected_report {
            if !report.iter().any(|line| line.contains(part)) {
                wrong.push(format!(
                    "{case}: no report line contains `{part}`:\n    {}",
                    report.join("\n    ")
                ));
            }
        }
        let lost = output.coverage.operations.len() - output.coverage.generated();
        if lost != usize::from(*case == "paths/unclosed-brace.yaml") {
            wrong.push(format!("{case}: {lost} operations were left out"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_document_has_a_row() {
    let mut rows: Vec<&str> = ROWS.iter().map(|(case, ..)| *case).collect();
    rows.sort_unstable();
    assert_eq!(documents(), rows);
}

#[test]
fn rejects_other_documents_with_one_line_that_states_what_they_are() {
    for (text, why) in [
        (
            "swagger: '2.0'\npaths: {}\n",
            "is a Swagger 2.0 document; OpenAPI 3.0 is required",
        ),
        (
            "openapi: 3.1.0\npaths: {}\n",
            "is an OpenAPI 3.1.0 document; 3.0 is required",
        ),
        (
            "asyncapi: 2.0.0\n",
            "is not an OpenAPI document: it has no member `openapi`",
        ),
        (
            "<html></html>\n",
            "is not an OpenAPI document: the root is a string, not an object",
        ),
        (
            "- 1\n",
            "is not an OpenAPI document: the root is a list, not an object",
        ),
        (
            "",
            "is not an OpenAPI document: the root is null, not an object",
        ),
        ("openapi: 3.0.3\n", "has no member `paths`"),
        (
            "openapi: 3.0.3\npaths: 5\n",
            "must be an object, not a number",
        ),
    ] {
        let document = Document::parse("t.yaml", text).unwrap();
        let error = generate(document, None, None).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}
