namespace Prebake.Conformance;

internal readonly record struct Zone(int Number);

internal readonly record struct Key(int Value);

/// <summary>Providers and guards that make no objects of their own.</summary>
internal sealed partial class QuietApp
{
    private static readonly Caller s_ada = new("Ada");

    [Provide(Challenge = "Key")] private static Caller? Who(Key? key) => key is { Value: 5 } ? s_ada : null;
    [Provide] private static Key? Asked([Header("X-Key")] int? key) => key is { } value ? new Key(value) : null;
    [Provide] private static Zone Where(int zone = 1) => new(zone);
    private static bool MayPass(Caller caller, int n = 0) => caller.Name.Length > n % 2;

    [Get("/mine/{n}"), Guard(nameof(MayPass))] private static string Mine(int n, Caller caller, Zone zone) => n > zone.Number ? caller.Name : "no";
    [Post("/text"), Guard(nameof(MayPass))] private static string Text([Body] ReadOnlySpan<byte> body, Caller caller) => body.IsEmpty ? caller.Name : "no";
    [Mount("/part"), Guard(nameof(MayPass))] private readonly QuietPart _part = new();
}

internal sealed partial class QuietPart
{
    [Get("/mine/{n}")] private static string Mine(int n, Caller caller, Zone zone, Key? key) => n > zone.Number && key is not null ? caller.Name : "no";
}
