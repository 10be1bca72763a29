using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Model;

/// <summary>
/// The last resort: what a step throws becomes one message that asks to report it. The compiler would drop everything that the generator has made,
/// and with it the tables of all other apps.
/// </summary>
internal static class Guard
{
    private static readonly AsyncLocal<Action<string>?> s_probe = new();

    /// <summary>Called before each step with the step's name and what it is about; tests throw from it.</summary>
    internal static Action<string>? Probe { get => s_probe.Value; set => s_probe.Value = value; }

    public static T Run<T>(string step, string about, Func<T> run, Func<Exception, T> otherwise)
    {
        try
        {
            s_probe.Value?.Invoke(step + " " + about);
            return run();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return otherwise(exception);
        }
    }

    public static Problem ProblemOf(Exception exception, string about, Location? place) =>
        Problem.At(Diagnostics.InternalError, place, about, exception.GetType().Name, TextOf(exception));

    public static TableProblem ProblemOf(string failure, AppModel app)
    {
        int end = failure.IndexOf(": ", StringComparison.Ordinal);
        return TableProblem.At(Diagnostics.InternalError, [app.FullName], app.DisplayName, failure.Substring(0, end), failure.Substring(end + 2));
    }

    /// <summary>Type and message on one line.</summary>
    public static string Describe(Exception exception) => exception.GetType().Name + ": " + TextOf(exception);

    private static string TextOf(Exception exception) => Literal.Comment(exception.Message);
}
