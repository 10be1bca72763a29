using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>Reads the parameters of a handler when several things can be wrong with a request: all of them are gathered and replied together.</summary>
internal sealed class GatherEmitter
{
    private const string Bind = EmitContext.Routing + "Bind.";
    private const string Check = RuleEmitter.Check;

    private readonly EmitContext _context;
    private readonly RouteModel _route;
    private readonly HandlerLocals _locals;
    private readonly SourceWriter _writer;
    private readonly string _errors;
    private string? _query, _form;

    private GatherEmitter(EmitContext context, RouteModel route, HandlerLocals locals)
    {
        (_context, _route, _locals, _writer) = (context, route, locals, context.Writer);
        _errors = locals.Errors;
    }

    private MemberModel Member => _route.Member!;

    /// <summary>Everything but the path, which has been read.</summary>
    public static void Emit(EmitContext context, RouteModel route, HandlerLocals locals)
    {
        var emitter = new GatherEmitter(context, route, locals);
        emitter.EmitValues();
        // What is awaited may find more that is wrong
        if (route.Member!.Parameters.Any(GatherPlan.AwaitsBinder) || GatherPlan.ReadsForm(route)) return;

        emitter.EmitReply("return true;");
        if (!GatherPlan.Awaits(route)) emitter.EmitEnd("return true;");
    }

    /// <summary>What is behind the first await: the rest of binding, and validation.</summary>
    public static void EmitAwaited(EmitContext context, RouteModel route, HandlerLocals locals)
    {
        var emitter = new GatherEmitter(context, route, locals);
        bool hasBinders = route.Member!.Parameters.Any(GatherPlan.AwaitsBinder) || GatherPlan.ReadsForm(route);
        if (GatherPlan.ReadsForm(route)) emitter.EmitForm();
        foreach (ParameterModel parameter in route.Member!.Parameters.Where(GatherPlan.AwaitsBinder)) emitter.EmitCustom(parameter);
        if (hasBinders) emitter.EmitReply("return;");
        emitter.EmitEnd("return;");
    }

    /// <summary>The type of a parameter's local, with what it can hold besides.</summary>
    public static string LocalTypeOf(ParameterModel parameter) => parameter switch
    {
        { ListType: { } list } => list + (parameter.Nullable ? "?" : ""),
        { Source: Source.Body, Value: ValueKind.Json, IsValueType: false } or { Source: Source.Custom, IsValueType: false } => parameter.Type + "?",
        { Value: ValueKind.CharSpan } => "global::System.ReadOnlySpan<char>",
        { Value: ValueKind.ByteSpan } => EmitContext.Bytes,
        { Value: ValueKind.Text } => "string" + (parameter.Optional ? "?" : ""),
        { Value: ValueKind.Bytes } => "byte[]",
        _ => parameter.Type + (parameter.Nullable ? "?" : ""),
    };

    private void EmitReply(string leave) => _writer.Line($"if ({_errors} is not null) {{ exchange.ReplyInvalid({_errors}); {leave} }}");

    private void EmitValues()
    {
        _writer.Line($"global::Prebake.Errors? {_errors} = null;");
        ParameterModel[] all = Member.Flat.ToArray();
        if (all.Any(parameter => parameter.Source == Source.Query))
        {
            _query = _locals.Add("query_");
            _writer.Line($"{EmitContext.Bytes} {_query} = exchange.Query;");
        }

        foreach (ParameterModel parameter in all)
        {
            switch (parameter.Source)
            {
                case Source.Path: EmitCheck(parameter, _locals.Of(parameter)); break;
                case Source.Query when parameter.ListType is not null: EmitList(parameter); break;
                case Source.Form or Source.File: break;
                case Source.Query or Source.Field or Source.Cookie: EmitNamed(parameter); break;
                case Source.Body: EmitBody(parameter); break;
                case Source.Custom when !GatherPlan.AwaitsBinder(parameter): EmitCustom(parameter); break;
            }
        }
    }

    // What is made of values that are right, and the rules of the user's own
    private void EmitEnd(string leave)
    {
        foreach (ParameterModel parameter in Member.Parameters.Where(parameter => parameter.Source == Source.Several)) EmitSeveral(parameter);
        if (_route.Validators.Count == 0) return;

        string found = _locals.Add("found_");
        _writer.Line($"global::Prebake.Errors {found} = new global::Prebake.Errors();");
        foreach (ValidatorModel validator in _route.Validators) EmitValidator(validator, found);
        _writer.Line($"if ({found}.Count > 0) {{ exchange.ReplyInvalid({found}); {leave} }}");
    }

    /// <summary>What a form has.</summary>
    private void EmitForm()
    {
        _form = _locals.Add("form_");
        _writer.Line($"{EmitContext.Routing}BoundForm {_form} = await {EmitContext.Routing}BoundForm.ReadAsync(exchange.Request).ConfigureAwait(false);");
        foreach (ParameterModel parameter in Member.Flat)
        {
            if (parameter.Source == Source.File) EmitFile(parameter);
            else if (parameter is { Source: Source.Form, ListType: not null }) EmitList(parameter);
            else if (parameter.Source == Source.Form) EmitNamed(parameter);
        }
    }

    private void EmitFile(ParameterModel parameter)
    {
        string local = _locals.Of(parameter), name = Literal.Text(parameter.WireName);
        if (parameter.ListType is null)
        {
            _writer.Line($"{parameter.Type}? {local} = {_form}.File({name});");
            if (!parameter.Optional) _writer.Line($"if ({local} is null) {Check}AddBad(ref {_errors}, {name});");
        }
        else _writer.Line($"{LocalTypeOf(parameter)} {local} = {_form}.Files({name}){(parameter.IsArray ? ".ToArray()" : "")};");

        if (parameter.Assignment is { WhenGiven: true })
            _writer.Line($"bool {_locals.GivenOf(parameter)} = {(parameter.ListType is null ? local + " is not null" : $"{_form}.File({name}) is not null")};");
        EmitCheck(parameter, local);
    }

    private void EmitNamed(ParameterModel parameter)
    {
        string raw = _locals.RawOf(parameter.Name), local = _locals.Of(parameter), name = Literal.Text(parameter.WireName);
        string lookUp = parameter.Source == Source.Form
            ? $"{EmitContext.Routing}BoundForm.TryField({_form}, {name}, out {EmitContext.Bytes} {raw})"
            : BindingEmitter.LookUpOf(_context, parameter, _query, raw);
        string bad = $"{Check}AddBad(ref {_errors}, {name});";
        string fallback = parameter.Default ?? "null";
        string? given = parameter.Assignment is { WhenGiven: true } ? _locals.GivenOf(parameter) : null;

        switch (parameter.Value)
        {
            case ValueKind.CharSpan:
                _writer.Line(parameter.Optional ? lookUp + ";" : $"if (!{lookUp}) {bad}");
                BindingEmitter.EmitCharacters(_writer, local, raw, "Chars", _locals);
                if (parameter.Check is { HasRules: true })
                {
                    _writer.Open($"if (!{raw}.IsEmpty)");
                    EmitCheck(parameter, local);
                    _writer.Close();
                }

                return;

            case ValueKind.Text when parameter.Optional:
                _writer.Line($"string? {local} = {lookUp} ? {Bind}Text({raw}) : {fallback};");
                if (given is not null) _writer.Line($"bool {given} = {local} is not null;");
                EmitCheck(parameter, local);
                return;

            case ValueKind.Text:
                _writer.Line($"string {local} = \"\";");
                _writer.Line($"if (!{lookUp}) {bad}");
                _writer.Open("else");
                _writer.Line($"{local} = {Bind}Text({raw});");
                EmitCheck(parameter, local);
                _writer.Close();
                return;

            case var _ when !parameter.Optional:
                string wanted = parameter.Nullable ? _locals.Add(_locals.PlainOf(parameter) + "_value") : local;
                _writer.Line($"{parameter.Type} {wanted} = default!;");
                if (parameter.Scheme is not null) _writer.Line($"if (!{lookUp}) {BindingEmitter.UnauthorizedOf(parameter)}");
                string isMissing = parameter.Scheme is null ? $"!{lookUp} || " : "";
                _writer.Line($"if ({isMissing}!{BindingEmitter.ParserOf(parameter, "TryParseValue")}({raw}, out {wanted})) {bad}");
                if (parameter.Check is { HasRules: true })
                {
                    _writer.Open("else");
                    EmitCheck(parameter, wanted);
                    _writer.Close();
                }

                if (wanted != local) _writer.Line($"{parameter.Type}? {local} = {wanted};");
                return;
        }

        string value = _locals.Add(_locals.PlainOf(parameter) + "_value");
        _writer.Line($"{LocalTypeOf(parameter)} {local} = {fallback};");
        if (given is not null) _writer.Line($"bool {given} = false;");
        _writer.Open($"if ({lookUp})");
        // "?n=" of something that may be null: null
        bool mayBeEmpty = parameter.Nullable || parameter.Source == Source.Form;
        if (mayBeEmpty) _writer.Line($"if ({raw}.IsEmpty) {local} = {(parameter.Nullable ? "null" : fallback)};");
        _writer.Line($"{(mayBeEmpty ? "else " : "")}if (!{BindingEmitter.ParserOf(parameter, "TryParseValue")}({raw}, out {parameter.Type} {value})) {bad}");
        _writer.Open("else");
        _writer.Line($"{local} = {value};");
        if (given is not null) _writer.Line($"{given} = true;");
        EmitCheck(parameter, value);
        _writer.Close();
        _writer.Close();
    }

    private void EmitList(ParameterModel parameter)
    {
        string raw = _locals.RawOf(parameter.Name), local = _locals.Of(parameter), plain = _locals.PlainOf(parameter);
        string list = _locals.Add(plain + "_list"), rest = _locals.Add(plain + "_rest"), value = _locals.Add(plain + "_value");
        _writer.Line($"global::System.Collections.Generic.List<{parameter.Type}>? {list} = null;");
        if (parameter.Source == Source.Form)
            _writer.Open($"for (int {rest} = 0; {_form}.TryNext(ref {rest}, {Literal.Text(parameter.WireName)}, out {EmitContext.Bytes} {raw});)");
        else _writer.Open($"for ({EmitContext.Bytes} {rest} = {_query}; {Bind}TryNextQuery(ref {rest}, {_context.Bytes8(parameter.WireName)}, out {EmitContext.Bytes} {raw});)");
        if (parameter.Value == ValueKind.Text) _writer.Line($"string {value} = {Bind}Text({raw});");
        else _writer.Line($"if (!{BindingEmitter.ParserOf(parameter, "TryParseValue")}({raw}, out {parameter.Type} {value})) {{ {Check}AddBad(ref {_errors}, {Literal.Text(parameter.WireName)}); break; }}");
        _writer.Line($"({list} ??= new global::System.Collections.Generic.List<{parameter.Type}>()).Add({value});");
        _writer.Close();

        string none = parameter.Nullable || parameter.Default is not null ? parameter.Default ?? "null"
            : parameter.IsArray ? $"global::System.Array.Empty<{parameter.Type}>()"
            : $"new global::System.Collections.Generic.List<{parameter.Type}>()";
        _writer.Line($"{LocalTypeOf(parameter)} {local} = {list} is null ? {none} : {list}{(parameter.IsArray ? ".ToArray()" : "")};");
        if (parameter.Assignment is { WhenGiven: true }) _writer.Line($"bool {_locals.GivenOf(parameter)} = {list} is not null;");
        EmitCheck(parameter, local);
    }

    private void EmitBody(ParameterModel parameter)
    {
        if (parameter.Value != ValueKind.Json)
        {
            BindingEmitter.EmitBody(_context, parameter, _locals);
            EmitCheck(parameter, _locals.Of(parameter));
            return;
        }

        string local = _locals.Of(parameter), isRequired = parameter.Optional || parameter.IsValueType ? "false" : "true";
        _writer.Line($"if (!exchange.TryReadJson<{parameter.Type}>({_context.JsonInfo(parameter.Type)}!, {isRequired}, "
            + $"out {parameter.Type}{(parameter.IsValueType ? "" : "?")} {local}, ref {_errors})) return true;");
        EmitCheck(parameter, local);
    }

    private void EmitCustom(ParameterModel parameter)
    {
        string local = _locals.Of(parameter), call = $"{parameter.Type}.{parameter.Binder!.Method}(exchange.Request)";
        if (parameter.Binder.Awaiting != Awaiting.None) call = $"await {call}.ConfigureAwait(false)";
        // A struct may be returned as it is or with null
        string made = parameter.IsValueType ? _locals.Add(_locals.PlainOf(parameter) + "_made") : local;
        _writer.Line($"{parameter.Type}? {made} = {call};");
        if (!parameter.Optional) _writer.Line($"if ({made} is null) {Check}AddBad(ref {_errors}, {Literal.Text(parameter.WireName)});");
        if (made != local) _writer.Line($"{parameter.Type}{(parameter.Nullable ? "?" : "")} {local} = {made}{(parameter.Nullable ? "" : ".GetValueOrDefault()")};");
        EmitCheck(parameter, local);
    }

    private void EmitSeveral(ParameterModel parameter)
    {
        string local = _locals.Of(parameter);
        string[] arguments = parameter.Members.Where(member => member.Assignment is null).Select(member => _locals.Of(member) + "!").ToArray();
        string[] set = parameter.Members.Where(member => member.Assignment is { WhenGiven: false })
            .Select(member => $"{member.Assignment!.Property.Escaped()} = {_locals.Of(member)}!").ToArray();
        _writer.Line($"{parameter.Type} {local} = new {parameter.Type}({string.Join(", ", arguments)}){(set.Length > 0 ? " { " + string.Join(", ", set) + " }" : "")};");
        foreach (ParameterModel member in parameter.Members)
            if (member.Assignment is { WhenGiven: true } assignment)
                _writer.Line($"if ({_locals.GivenOf(member)}) {local}.{assignment.Property.Escaped()} = {_locals.Of(member)}!;");
    }

    private void EmitValidator(ValidatorModel validator, string found)
    {
        string ArgumentOf(ValidatorParameter parameter)
        {
            switch (parameter.Source)
            {
                case Source.Errors: return found;
                case Source.Request: return "exchange.Request";
                case Source.Server: return "exchange.Server";
                case Source.Aborted: return "exchange.Aborted";
            }

            ParameterModel own = GatherPlan.ParameterOf(Member, parameter)!;
            return _locals.Of(own) + (own is { IsValueType: true, Nullable: true, ListType: null } ? ".Value" : "!");
        }

        ParameterModel subject = GatherPlan.ParameterOf(Member, validator.Subject)!;
        bool mayBeNull = subject.Nullable || subject.Optional && !subject.IsValueType;
        (string Method, EquatableArray<(string, string)> Pairs)? names = CheckPlan.NamesFor(_context.Plan.Table, Member, validator);
        string call = (validator.IsStatic ? _context.App.FullName : "_app") + "." + validator.Name.Escaped()
            + "(" + string.Join(", ", validator.Parameters.Select(ArgumentOf)) + ")";
        if (validator.Awaiting != Awaiting.None) call = $"await {call}.ConfigureAwait(false)";

        // A value that is not there has no rules
        if (mayBeNull) _writer.Open($"if ({_locals.Of(subject)} is not null)");
        string before = _locals.Add("before_");
        if (names is not null) _writer.Line($"int {before} = {found}.Count;");
        _writer.Line(call + ";");
        if (names is not null) _writer.Line($"if ({found}.Count > {before}) {Check}Rename({found}, {before}, {names.Value.Method});");
        if (mayBeNull) _writer.Close();
    }

    private void EmitCheck(ParameterModel parameter, string x)
    {
        if (parameter.Check is not { HasRules: true } check) return;

        CheckEmitter emitter = CheckEmitter.Of(_writer, _locals.Scope, CheckPlan.PolicyOf(_context.Plan.Table, parameter), check);
        CheckedValue value = check.Value;
        bool isBody = parameter.Source is Source.Body or Source.Custom;
        // A local that has been read is there, whatever the parameter's type says
        bool mayBeNull = isBody && !(parameter is { IsValueType: true, Nullable: false })
            || parameter.ListType is not null && parameter.Nullable || parameter is { Value: ValueKind.Text, Optional: true };
        string member = parameter.Name.Substring(parameter.Name.LastIndexOf('.') + 1);
        if (!isBody)
        {
            emitter.Emit(value with { CanBeNull = mayBeNull, IsValueType = false, Rules = mayBeNull ? value.Rules : WithoutNull(value) }, x, _errors, member, parameter.WireName, check.DisplayName);
            return;
        }

        // What is wrong within a body has no name in front
        if (value.Rules.Count > 0)
            emitter.Emit(value with { CanBeNull = mayBeNull, Object = null, Item = null, Rules = value.Rules.Where(rule => rule.Kind != RuleKind.Required).ToEquatable() },
                x, _errors, member, parameter.WireName, check.DisplayName);
        if (value.Object is null && value.Item is null) return;

        string y = mayBeNull && value.IsValueType ? _locals.Add("held_") : x;
        if (mayBeNull) _writer.Open(y == x ? $"if ({x} is not null)" : $"if ({x} is {{ }} {y})");
        emitter.EmitContent(value, y, _errors);
        if (mayBeNull) _writer.Close();
    }

    // A value that has been read is there; text may be blank all the same
    private static EquatableArray<RuleModel> WithoutNull(CheckedValue value) =>
        value.Rules.Where(rule => rule.Kind != RuleKind.Required || rule.RefusesBlank).ToEquatable();
}
