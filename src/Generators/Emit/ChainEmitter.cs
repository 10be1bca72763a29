using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>
/// The method that calls one handler, or the table of a part, behind steps, providers and guards. It reads as one would
/// write it: a local for each provided value. Where a gate awaits, it is one asynchronous method; where only the body may have to be
/// waited for, that is a method of its own, which a request whose body is there does not touch.
/// </summary>
internal sealed class ChainEmitter
{
    private const string Exchange = EmitContext.Routing + "Exchange";
    private const string TaskOfBool = "global::System.Threading.Tasks.Task<bool>";

    private static readonly MemberModel s_nobody = new(
        MemberKind.Method, "", true, EquatableArray<ParameterModel>.Empty,
        new ResultModel(ResultKind.Empty, Awaiting.None, "", false, false), false, null, null);

    private readonly EmitContext _context;
    private readonly SourceWriter _writer;
    private readonly PlannedRoute _route;
    private readonly ChainModel _chain;
    private readonly MemberModel _handler;
    private readonly HandlerLocals _locals;
    private readonly string _name, _given;
    // What is provided, by its type; values of the path, by what they are
    private readonly Dictionary<string, (string Name, string Type)> _values = [];
    private readonly Dictionary<string, string> _read = [];

    private ChainEmitter(EmitContext context, PlannedRoute route, string name)
    {
        _context = context;
        _writer = context.Writer;
        _route = route;
        _name = name;
        _chain = route.Model.Chain!;
        _handler = route.Model.Via is null ? route.Model.Member! : s_nobody;
        _locals = new HandlerLocals(_handler, route.Model.Socket is not null && route.Model.Via is null ? SocketEmitter.FieldOf(route) : null);
        _given = _chain.Needs.Count > 1 ? _locals.Add("given_") : "";
        NameValues();
    }

    public static void Emit(EmitContext context, PlannedRoute route, string name) => new ChainEmitter(context, route, name).Emit();

    /// <summary>The call of what is called on a part's table: with what it needs from above, if that is anything.</summary>
    public static string RunOf(EmitContext context, ViaModel via, string given) => via.Needs.Count == 0
        ? $"{MountEmitter.FieldOf(via)}.Run(exchange, {Literal.Number(via.Number)})"
        : $"{MountEmitter.FieldOf(context, via)}.Run(exchange, {given}, {Literal.Number(via.Number)})";

    /// <summary>The parameters that the method has beside the exchange.</summary>
    private string Given => _chain.Needs.Count switch
    {
        0 => "",
        1 => $", {_chain.Needs[0].Handed} {_values[_chain.Needs[0].Type].Name}",
        _ => $", {ChainModel.Handed(_chain.Needs)} {_given}",
    };

    private string GivenArgument => _chain.Needs.Count switch { 0 => "", 1 => ", " + _values[_chain.Needs[0].Type].Name, _ => ", " + _given };

    private void Emit()
    {
        _writer.Comment($"{RouteListing.MethodsOf(_route.Model)} {_route.Model.Pattern?.Text ?? "[Fetch]"}");
        if (_chain.Awaits) EmitAsync();
        else if (_chain.WaitsForBody) EmitWaiting();
        else
        {
            Open($"private bool {_name}({Exchange} exchange{Given})");
            EmitBegin();
            EmitEnd("");
            Close();
        }

        HandlerEmitter.EmitAfter(_context, _route.Model, _name);
    }

    // One state machine for all that awaits
    private void EmitAsync()
    {
        _writer.Line($"private bool {_name}({Exchange} exchange{Given}) => {Exchange}.Began(Chain{_name}(exchange{GivenArgument}));");
        _writer.Line();
        Open($"private async {TaskOfBool} Chain{_name}({Exchange} exchange{Given})");
        _writer.Open("try");
        EmitBegin();
        if (_chain.WaitsForBody) _writer.Line($"if ({IsBodyMissing}) await exchange.WaitForBody().ConfigureAwait(false);");
        EmitEnd("exchange.Ended");
        CloseTry();
        Close();
    }

    // The usual way, with the body that came with the head, has no task in it
    private void EmitWaiting()
    {
        Open($"private bool {_name}({Exchange} exchange{Given})");
        EmitBegin();
        (string Type, string Name)[] passed = Passed().Distinct().ToArray();
        string arguments = string.Concat(passed.Select(one => ", " + one.Name)), parameters = string.Concat(passed.Select(one => $", {one.Type} {one.Name}"));
        _writer.Line($"return {IsBodyMissing} ? {Exchange}.Began(Later{_name}(exchange{arguments})) : End{_name}(exchange{arguments});");
        Close();

        Open($"private async {TaskOfBool} Later{_name}({Exchange} exchange{parameters})");
        _writer.Open("try");
        _writer.Line("await exchange.WaitForBody().ConfigureAwait(false);");
        _writer.Line($"return exchange.Ended(End{_name}(exchange{arguments}));");
        CloseTry();
        Close();

        Open($"private bool End{_name}({Exchange} exchange{parameters})");
        EmitEnd("");
        Close();
    }

    // What another project's handler takes is asked of its table
    private string IsBodyMissing => _route.Model is { Member: null, Via: { } via }
        ? $"!exchange.HasWholeBody && ({MountEmitter.FieldOf(via)}.TraitsOf({Literal.Number(via.Number)}) & {EmitContext.Routing}RouteTraits.BuffersBody) != 0"
        : "!exchange.HasWholeBody";

    /// <summary>What the second half needs of the first.</summary>
    private IEnumerable<(string Type, string Name)> Passed()
    {
        if (_chain.Needs.Count > 1) yield return (ChainModel.Handed(_chain.Needs), _given);
        foreach (ParameterModel parameter in _handler.Flat)
        {
            if (parameter.Source == Source.Path && parameter.Value != ValueKind.CharSpan)
                yield return (parameter.Value == ValueKind.Text ? "string" : parameter.Type, _locals.Of(parameter));
            else if (parameter.Source == Source.Provided && !IsInTuple(parameter.Type)) yield return Value(parameter.Type);
        }

        foreach (NeedModel need in _route.Model.Via?.Needs ?? EquatableArray<NeedModel>.Empty)
            if (!IsInTuple(need.Type)) yield return Value(need.Type);

        (string Type, string Name) Value(string type) => (_values[type].Type, _values[type].Name);
        bool IsInTuple(string type) => _chain.Needs.Count > 1 && _chain.Needs.Any(need => need.Type == type);
    }

    // ---- names ----

    private void NameValues()
    {
        for (int i = 0; i < _chain.Needs.Count; i++)
        {
            NeedModel need = _chain.Needs[i];
            string type = need.IsRequired ? need.Type : need.Type + "?";
            _values.Add(need.Type, (_chain.Needs.Count > 1 ? $"{_given}.Item{i + 1}" : NameOf(need.Type), type));
        }

        foreach (PlannedGate planned in _chain.Gates)
            if (planned.Gate.Kind == GateKind.Provider)
                _values.Add(planned.Gate.Type, (NameOf(planned.Gate.Type), planned.Gate.MayBeNull && !planned.IsRequired ? planned.Gate.Type + "?" : planned.Gate.Type));

        foreach (ParameterModel parameter in _handler.Parameters)
            if (parameter.Source == Source.Provided) _locals.Alias(parameter, _values[parameter.Type].Name);
    }

    /// <summary>As the handler calls it, else like its type.</summary>
    private string NameOf(string type)
    {
        if (_handler.Parameters.FirstOrDefault(parameter => parameter.Source == Source.Provided && parameter.Type == type) is { } own) return _locals.Of(own);

        string name = new(type.Substring(Math.Max(type.LastIndexOf('.'), type.LastIndexOf(':')) + 1).Where(char.IsLetterOrDigit).ToArray());
        return _locals.Add(name.Length == 0 || char.IsDigit(name[0]) ? "value_" : char.ToLowerInvariant(name[0]) + name.Substring(1));
    }

    // ---- the gates ----

    private void EmitBegin()
    {
        EmitPath();
        if (_route.Model is { Socket: not null, Via: null }) SocketEmitter.EmitAccepts(_context, _route);
        foreach (PlannedGate planned in _chain.Gates)
        {
            _writer.Comment(planned.Gate.Label);
            if (planned.Gate.Kind == GateKind.Provider) EmitProvider(planned);
            else EmitGuarded(planned.Gate, EmitCall(planned.Gate));
        }

        EmitBodyRefusal();
    }

    // Behind the innermost guards. What waits for the body hears of it there
    private void EmitBodyRefusal()
    {
        if (!_route.Model.RefusesBodyLate || _chain.Gates.Count == 0 || _route.Model.Via is { RefusesBodyLate: true }) return;

        bool isForeign = _route.Model is { Member: null, Via: not null };
        if (_chain.WaitsForBody && !isForeign) return;

        string isAskedHere = isForeign
            ? $"({MountEmitter.FieldOf(_route.Model.Via!)}.TraitsOf({Literal.Number(_route.Model.Via!.Number)}) & {EmitContext.Routing}RouteTraits.Guarded) == 0 && "
            : "";
        string part = _route.Model.Via is { } via ? MountEmitter.FieldOf(via) : "";
        _writer.Line($"if ({isAskedHere}exchange.RefusesBody({part})) return true;");
    }

    /// <summary>First of all the values of the path, the handler's and those of the gates: only they can decline the request.</summary>
    private void EmitPath()
    {
        var all = new List<ParameterModel>();
        var known = new Dictionary<string, string>();
        foreach (ParameterModel parameter in PathValues.Of(_handler, _chain))
        {
            bool isOwn = _handler.Flat.Contains(parameter);
            string local = isOwn ? _locals.Of(parameter) : _locals.Add(parameter.Name);
            ParameterModel named = parameter with { Name = "path " + all.Count };
            all.Add(named);
            known.Add(named.Name, local);
            _read.Add(PathValues.KeyOf(parameter), local);
        }

        if (all.Count == 0) return;

        MemberModel member = s_nobody with { Parameters = all.ToEquatable() };
        BindingEmitter.EmitPath(_context, _route.Model with { Member = member }, new HandlerLocals(_locals, member, known));
    }

    /// <summary>Reads what the gate asks for, and gives the call.</summary>
    private string EmitCall(GateModel gate)
    {
        MemberModel member = gate.Member;
        var known = new Dictionary<string, string>();
        var unread = new List<ParameterModel>();
        foreach (ParameterModel parameter in member.Parameters)
        {
            if (parameter.Source == Source.Provided) known[parameter.Name] = _values[parameter.Type].Name;
            // With rules it is looked at again, since others may have none
            else if (_read.TryGetValue(PathValues.KeyOf(parameter), out string? local) && parameter.Check is not { HasRules: true }) known[parameter.Name] = local;
            else unread.Add(parameter.Scheme is null ? parameter : parameter with { Challenge = gate.Challenge });
        }

        var locals = new HandlerLocals(_locals, member, known);
        RouteModel asked = _route.Model with
        {
            Member = member with { Parameters = unread.ToEquatable() },
            Validators = EquatableArray<ValidatorModel>.Empty,
        };
        BindingEmitter.EmitPath(_context, asked, locals);
        BindingEmitter.EmitRest(_context, asked, locals);

        string call = HandlerEmitter.CallOf(_context, member, locals);
        if (!gate.Awaits) return call;

        string pending = _locals.Add("pending_");
        _writer.Line($"var {pending} = {call};");
        _writer.Line($"if (!{pending}.IsCompletedSuccessfully) exchange.Detach();");
        return $"await {pending}.ConfigureAwait(false)";
    }

    /// <summary>A value with its name; in tests it may be another one than the provider's.</summary>
    private void EmitProvider(PlannedGate planned)
    {
        GateModel gate = planned.Gate;
        bool isRefused = planned.IsRequired && gate.MayBeNull;
        string name = _values[gate.Type].Name, given = isRefused ? _locals.Add(name.TrimStart('@') + "_") : name;
        string type = gate is { MayBeNull: true, IsValueType: true } ? gate.Type + "?" : gate.Type, declared = gate.MayBeNull ? gate.Type + "?" : gate.Type;
        if (planned.IsThere)
        {
            _writer.Line($"{declared} {given} = {StepValuesEmitter.Object}.{_context.Plan.Steps.ValueOf(gate.Type)!.Name};");
            if (isRefused) EmitRefusal();
            return;
        }

        string tests = _locals.Add("tests_"), other = _locals.Add("other_");
        _writer.Line($"{declared} {given};");
        _writer.Line($"if (exchange.Overrides is {{ }} {tests} && {tests}.TryGet<{type}>(exchange.Request, out {(gate.IsValueType ? type : gate.Type + "?")} {other})) {given} = {other}!;");
        _writer.Open("else");
        _writer.Line($"{given} = {EmitCall(gate)};");
        if (gate.IsDisposable) _writer.Line($"exchange.Own({given});");
        _writer.Close();
        if (isRefused) EmitRefusal();

        void EmitRefusal() => _writer.Line($"if ({given} is not {{ }} {name}) {{ exchange.ReplyUnauthorized({Literal.Text(gate.Challenge ?? "")}); return true; }}");
    }

    private void EmitGuarded(GateModel gate, string call)
    {
        if (gate.Member.Result.Kind != ResultKind.Response)
        {
            _writer.Line($"if (!({call})) {{ exchange.ReplyForbidden(); return true; }}");
            return;
        }

        string answer = _locals.Add("answer_");
        _writer.Line($"if ({call} is {{ }} {answer}) {{ exchange.Reply({answer}); return true; }}");
    }

    // ---- what is called behind them ----

    /// <param name="ended">What looks at whether it declined, where it may run on another thread; else empty.</param>
    private void EmitEnd(string ended)
    {
        if (_route.Model.Via is { } via)
        {
            string[] given = via.Needs.Select(need => _values[need.Type].Name).ToArray();
            string run = RunOf(_context, via, given.Length == 1 ? given[0] : "(" + string.Join(", ", given) + ")");
            _writer.Line($"return {(ended.Length > 0 ? $"{ended}({run})" : run)};");
            return;
        }

        // Spans do not outlive what was awaited
        RouteModel characters = _route.Model with
        {
            Member = _handler with { Parameters = _handler.Parameters.Where(parameter => parameter is { Source: Source.Path, Value: ValueKind.CharSpan }).ToEquatable() },
        };
        BindingEmitter.EmitPath(_context, characters, _locals);
        HandlerEmitter.EmitEnd(_context, _route, _locals, _name);
        _writer.Line("return true;");
    }

    private void Open(string header)
    {
        if (_handler.IsForbidden || _chain.Gates.Any(planned => planned.Gate.Member.IsForbidden)) _writer.Line(HandlerEmitter.MayUseForbidden);
        _writer.Open(header);
    }

    private void Close()
    {
        _writer.Close();
        _writer.Line();
    }

    private void CloseTry()
    {
        _writer.Close();
        _writer.Open("catch (global::System.Exception error)");
        _writer.Line("exchange.Fail(error);");
        _writer.Line("return true;");
        _writer.Close();
    }
}
